//! An extension of the file, with its log-in.

use super::{
    file::Extension,
    run::Run,
    thing::{Thing, compare, find, text},
};
use domain::{access::Actor, directory::ExtensionForm, form::Invalid};
use engine::{directory::extensions, saved::Expected};
use std::io::Write;

impl<W: Write> Run<'_, W> {
    pub(super) async fn extension(&mut self, wanted: &Extension) -> anyhow::Result<()> {
        let found = find(&self.stored.extensions, wanted)?;
        let (whole, changed) = compare(wanted, found.map(|(_, extension)| extension))?;
        let id = found.map(|(id, _)| id);
        let has_login = found.is_some_and(|(_, extension)| extension.login.is_some());
        let mut password = String::new();
        if whole.login.is_some() && !has_login {
            password = self.secret("password", &wanted.password)?;
            anyhow::ensure!(!password.is_empty(), "password: a new log-in needs one");
        }
        let form = whole.form(password);
        form.check()?;
        if !self.dry_run {
            let id = match id {
                None => extensions::create(self.engine, &Actor::System, &form).await?,
                Some(id) => {
                    if changed.iter().any(|field| field != "disabled") {
                        extensions::change(self.engine, &Actor::System, id, &Expected::Any, &form).await?;
                    }
                    id
                }
            };
            if whole.disabled != found.is_some_and(|(_, extension)| extension.disabled) {
                extensions::set_disabled(self.engine, &Actor::System, id, whole.disabled).await?;
            }
            self.ids.extensions.insert(whole.number.clone(), id);
        }
        self.say(&whole, id.is_none(), &changed)
    }
}

impl Extension {
    fn form(&self, password: String) -> ExtensionForm {
        let capacity = self.capacity.filter(|capacity| *capacity > 0);
        ExtensionForm {
            number: self.number.clone(),
            name: text(&self.name),
            login: text(&self.login),
            password,
            role: text(&self.role),
            capacity: capacity.map(|capacity| capacity.to_string()).unwrap_or_default(),
        }
    }
}

impl Thing for Extension {
    const KIND: &'static str = "extension";
    const TABLE: &'static str = "extensions";
    const KEY: &'static str = "number";

    fn key(&self) -> &str {
        &self.number
    }

    fn checked(&self) -> Result<Self, Invalid> {
        let checked = self.form(String::new()).check()?;
        Ok(Self {
            number: checked.number,
            name: Some(checked.name),
            role: checked.login.as_ref().map(|login| login.role.to_string()),
            login: checked.login.map(|login| login.login),
            capacity: checked.capacity,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jana() -> Extension {
        let jana = Extension {
            number: "201".into(),
            name: Some("Jana".into()),
            login: Some("jana".into()),
            ..Extension::default()
        };
        jana.checked().unwrap()
    }

    #[test]
    fn what_is_left_out_stays_and_what_is_empty_goes() {
        let only = Extension {
            number: "201".into(),
            ..Extension::default()
        };
        assert_eq!(compare(&only, Some(&jana())).unwrap().1, Vec::<String>::new());
        let nobody = Extension {
            login: Some(String::new()),
            ..only
        };
        assert_eq!(compare(&nobody, Some(&jana())).unwrap().1, ["login", "role"]);
    }

    #[test]
    fn another_spelling_is_no_change() {
        let padded = Extension {
            name: Some(" Jana ".into()),
            ..jana()
        };
        assert!(compare(&padded, Some(&jana())).unwrap().1.is_empty());
    }
}
