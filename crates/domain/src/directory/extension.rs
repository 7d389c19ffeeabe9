//! Extensions: a number on the PBX with a name and an optional log-in.

use crate::{
    access::{Role, login_name, password},
    form::{Invalid, MAX_NAME, Problem, Problems, line, optional},
    ids::ExtensionId,
    presence::{MAX_CAPACITY, Presence},
    time::Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A row of the extensions page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionRow {
    pub id: ExtensionId,
    pub number: String,
    pub name: String,
    pub login: Option<String>,
    pub role: Option<Role>,
    pub disabled: bool,
    pub open_sessions: u32,
    /// Open sessions up to which it is given more; `None`: [`DEFAULT_CAPACITY`](crate::presence::DEFAULT_CAPACITY).
    #[serde(default)]
    pub capacity: Option<u32>,
    #[serde(default)]
    pub presence: Presence,
    pub created_at: Timestamp,
}

/// What is typed to create or change an extension and its log-in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExtensionForm {
    /// 1 to 20 digits.
    #[cfg_attr(
        feature = "openapi",
        schema(required, pattern = "^[0-9]{1,20}$", example = "201")
    )]
    pub number: String,
    #[cfg_attr(feature = "openapi", schema(required, min_length = 1, max_length = 127))]
    pub name: String,
    /// 2 to 64 letters, digits and `. _ - @ +`. Empty: nobody logs in as this extension.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub login: String,
    /// Empty: keep the current one.
    #[cfg_attr(feature = "openapi", schema(format = Password, pattern = "^(.{10,512})?$"))]
    pub password: String,
    /// `admin`, `supervisor` or `operator`; empty: `operator`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^(admin|supervisor|operator)?$"))]
    pub role: String,
    /// A number; empty: the default.
    #[serde(deserialize_with = "text_or_number")]
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::capacity))]
    pub capacity: String,
}

/// Scripts write a number as one.
fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
        None(()),
    }
    Ok(match Either::deserialize(from)? {
        Either::Number(number) => number.to_string(),
        Either::Text(text) => text,
        Either::None(()) => String::new(),
    })
}

impl fmt::Debug for ExtensionForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExtensionForm")
            .field("number", &self.number)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}

/// A checked [`ExtensionForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    pub number: String,
    pub name: String,
    pub login: Option<LoginAs>,
    pub capacity: Option<u32>,
}

/// The log-in of an extension.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginAs {
    pub login: String,
    pub password: Option<String>,
    pub role: Role,
}

impl fmt::Debug for LoginAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginAs")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl ExtensionForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Extension, Invalid> {
        let mut problems = Problems::default();
        let number = problems.take("number", extension_number(&self.number));
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let login = match optional(&self.login) {
            None => None,
            Some(login) => {
                let login = problems.take("login", login_name(login));
                let password = match self.password.is_empty() {
                    true => None,
                    false => problems.take("password", password(&self.password)),
                };
                let role = match optional(&self.role) {
                    None => Some(Role::Operator),
                    Some(role) => problems.take("role", role.parse()),
                };
                login.zip(role).map(|(login, role)| LoginAs {
                    login,
                    password,
                    role,
                })
            }
        };
        let capacity = problems.take("capacity", optional(&self.capacity).map(capacity).transpose());
        match (number, name, capacity, problems.is_empty()) {
            (Some(number), Some(name), Some(capacity), true) => Ok(Extension {
                number,
                name,
                login,
                capacity,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

fn capacity(text: &str) -> Result<u32, Problem> {
    let number = text.trim().parse().ok();
    number
        .filter(|number| (1..=MAX_CAPACITY).contains(number))
        .ok_or(Problem::NotARate)
}

/// 1 to 20 digits, as PBXs number their extensions.
pub fn extension_number(text: &str) -> Result<String, Problem> {
    let number = line(text, 20)?;
    if number.bytes().all(|b| b.is_ascii_digit()) {
        Ok(number)
    } else {
        Err(Problem::NotNumeric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let form = ExtensionForm {
            number: "2O1".into(),
            login: "j k".into(),
            password: "short".into(),
            role: "king".into(),
            ..ExtensionForm::default()
        };
        let Err(Invalid { fields }) = form.check() else {
            panic!("must be refused")
        };
        let names: Vec<_> = fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(names, ["number", "name", "login", "password", "role"]);
    }

    #[test]
    fn a_form_never_shows_its_password() {
        let form = ExtensionForm {
            password: "tajné heslo!".into(),
            ..ExtensionForm::default()
        };
        assert!(!format!("{form:?}").contains("tajné"));
    }
}
