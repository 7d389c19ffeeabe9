//! Forms that can be kept, and what a page shows of one.

use domain::{
    channel::{AuthenticationForm, MessagingForm},
    countries::CountriesForm,
    directory::{ExtensionForm, QueueForm},
};
use serde::{Deserialize, Serialize};

/// A form that can be kept.
pub trait Keepable {
    /// The fields that never go back to a browser, by their names.
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        Vec::new()
    }
}

impl Keepable for MessagingForm {}

impl Keepable for CountriesForm {}

impl Keepable for QueueForm {}

impl Keepable for ExtensionForm {
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![("password", &mut self.password)]
    }
}

impl Keepable for AuthenticationForm {
    fn secrets(&mut self) -> Vec<(&'static str, &mut String)> {
        vec![
            ("access_token", &mut self.access_token),
            ("app_secret", &mut self.app_secret),
            ("next_app_secret", &mut self.next_app_secret),
        ]
    }
}

/// A form as it was typed and not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsaved<F> {
    /// Its secrets are empty here.
    pub form: F,
    /// What was changed was this version; 0 where there are none.
    pub version: i64,
    /// The secrets that were typed.
    pub held: Vec<String>,
}

impl<F> Unsaved<F> {
    pub fn holds(&self, secret: &str) -> bool {
        self.held.iter().any(|held| held == secret)
    }
}

/// A secret that is typed again wins over the one that is kept.
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "forms are kept in the process")
)]
pub(super) fn fill<F: Keepable>(typed: &mut F, mut kept: F) {
    for ((_, new), (_, old)) in typed.secrets().into_iter().zip(kept.secrets()) {
        if new.is_empty() {
            *new = std::mem::take(old);
        }
    }
}

#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "forms are kept in the process")
)]
pub(super) fn without_secrets<F: Keepable>(mut form: F, version: i64) -> Unsaved<F> {
    let mut held = Vec::new();
    for (name, secret) in form.secrets() {
        if !std::mem::take(secret).is_empty() {
            held.push(name.to_owned());
        }
    }
    Unsaved { form, version, held }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_and_everything_else_goes_back() {
        let typed = AuthenticationForm {
            name: "Podpora".to_owned(),
            access_token: "EAAGsecret".to_owned(),
            ..Default::default()
        };
        let shown = without_secrets(typed, 3);
        assert_eq!(shown.form.name, "Podpora");
        assert_eq!(shown.form.access_token, "");
        assert!(shown.holds("access_token") && !shown.holds("app_secret"));
    }

    #[test]
    fn an_empty_secret_takes_the_kept_one_and_a_typed_one_wins() {
        let kept = AuthenticationForm {
            name: "old".to_owned(),
            access_token: "kept".to_owned(),
            app_secret: "kept".to_owned(),
            ..Default::default()
        };
        let mut typed = AuthenticationForm {
            name: "new".to_owned(),
            app_secret: "typed".to_owned(),
            ..Default::default()
        };
        fill(&mut typed, kept);
        assert_eq!(
            (&*typed.name, &*typed.access_token, &*typed.app_secret),
            ("new", "kept", "typed")
        );
    }
}
