//! Who may do what: roles, permissions, API scopes, and the forms for people and extensions.

use crate::{
    ids::{ExtensionId, PersonId, TokenId},
    refusal::{Problem, Problems, Refusal, line, optional},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What somebody is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Connects channels, keeps people and queues.
    Admin,
    /// Watches every queue and rescues sessions.
    Supervisor,
    /// Answers customers.
    Operator,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Supervisor, Self::Operator];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}

/// The languages of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Cs,
}

impl Language {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Cs => "cs",
        }
    }
}

impl FromStr for Language {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "en" => Ok(Self::En),
            "cs" => Ok(Self::Cs),
            _ => Err(Problem::Unknown),
        }
    }
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read channels, queues, extensions; see and answer one's own sessions.
    Answer,
    /// See and act on everybody's sessions.
    Supervise,
    /// Change channels, people, extensions, queues; see deliveries.
    Administer,
}

/// What an API token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only look.
    Read,
    /// Also answer, pick up and close sessions.
    Operate,
    /// Also change channels, extensions and queues.
    Administer,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Operate, Self::Administer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Administer => "administer",
        }
    }

    /// A wider scope includes the narrower ones.
    pub fn includes(self, needed: Self) -> bool {
        self as u8 >= needed as u8
    }
}

impl FromStr for Scope {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(Problem::Unknown)
    }
}

/// Who asks for something: the start of every query and of every audit row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Person(Me),
    Token {
        id: TokenId,
        name: String,
        scope: Scope,
    },
    /// The process itself: the command line, workers, the demo.
    System,
}

/// A person who is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: PersonId,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub language: Option<Language>,
    pub extension: Option<ExtensionRef>,
}

/// An extension as other things show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExtensionRef {
    pub id: ExtensionId,
    pub number: String,
    pub name: String,
}

impl Actor {
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::System => true,
            Self::Token { scope, .. } => match permission {
                Permission::Answer | Permission::Supervise => scope.includes(Scope::Operate),
                Permission::Administer => scope.includes(Scope::Administer),
            },
            Self::Person(me) => match permission {
                Permission::Answer => true,
                Permission::Supervise => matches!(me.role, Role::Admin | Role::Supervisor),
                Permission::Administer => me.role == Role::Admin,
            },
        }
    }

    /// Refuses whoever lacks the permission.
    pub fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(Refusal::Forbidden)
        }
    }

    /// Whether every session is visible, not only one's own and those of one's queues.
    pub fn sees_everything(&self) -> bool {
        match self {
            Self::System | Self::Token { .. } => true,
            Self::Person(_) => self.may(Permission::Supervise),
        }
    }

    pub fn extension(&self) -> Option<&ExtensionRef> {
        match self {
            Self::Person(me) => me.extension.as_ref(),
            Self::Token { .. } | Self::System => None,
        }
    }

    /// The extension that a person answers as.
    ///
    /// # Errors
    /// [`Refusal::NoExtension`].
    pub fn own_extension(&self) -> Result<&ExtensionRef, Refusal> {
        self.extension().ok_or(Refusal::NoExtension)
    }
}

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
    pub created_at: Timestamp,
}

/// What is typed to create or change an extension and its log-in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtensionForm {
    pub number: String,
    pub name: String,
    /// Empty: nobody logs in as this extension.
    pub login: String,
    /// Empty: keep the one there is.
    pub password: String,
    pub role: String,
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
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Extension, Refusal> {
        let mut problems = Problems::default();
        let number = problems.take("number", extension_number(&self.number));
        let name = problems.take("name", line(&self.name, NAME_MOST));
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
        match (number, name, problems.is_empty()) {
            (Some(number), Some(name), true) => Ok(Extension { number, name, login }),
            _ => Err(problems.refuse()),
        }
    }
}

/// What is typed to create a person without an extension: the first administrator, or one from the command line.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    pub login: String,
    pub name: String,
    pub password: String,
    pub role: String,
}

impl fmt::Debug for PersonForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonForm")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A checked [`PersonForm`].
#[derive(Clone, PartialEq, Eq)]
pub struct NewPerson {
    pub login: String,
    pub name: String,
    pub password: String,
    pub role: Role,
}

impl fmt::Debug for NewPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPerson")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl PersonForm {
    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<NewPerson, Refusal> {
        let mut problems = Problems::default();
        let login = problems.take("login", login_name(&self.login));
        let name = problems.take("name", line(&self.name, NAME_MOST));
        let password = problems.take("password", password(&self.password));
        let role = problems.take("role", self.role.parse());
        match (login, name, password, role) {
            (Some(login), Some(name), Some(password), Some(role)) => Ok(NewPerson {
                login,
                name,
                password,
                role,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

/// Characters in a name at the most.
pub const NAME_MOST: usize = 127;
/// Characters in a password at least. Length beats complexity rules.
/// <https://pages.nist.gov/800-63-4/sp800-63b.html>
pub const PASSWORD_LEAST: usize = 10;
/// Bytes in a password at the most, so that hashing one cannot be made to cost much.
pub const PASSWORD_MOST: usize = 512;

/// 1 to 20 digits, as PBXs number their extensions.
pub fn extension_number(text: &str) -> Result<String, Problem> {
    let number = line(text, 20)?;
    if number.bytes().all(|b| b.is_ascii_digit()) {
        Ok(number)
    } else {
        Err(Problem::NotNumeric)
    }
}

/// 2 to 64 letters, digits and `. _ - @ +`, in lower case.
pub fn login_name(text: &str) -> Result<String, Problem> {
    let login = line(text, 64)?.to_lowercase();
    if login.chars().count() < 2 {
        return Err(Problem::TooShort);
    }
    let fits = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
    if login.chars().all(fits) {
        Ok(login)
    } else {
        Err(Problem::NotALogin)
    }
}

/// At least [`PASSWORD_LEAST`] characters; nothing is trimmed.
pub fn password(text: &str) -> Result<String, Problem> {
    if text.chars().count() < PASSWORD_LEAST {
        Err(Problem::TooShort)
    } else if text.len() > PASSWORD_MOST {
        Err(Problem::TooLong)
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_widen() {
        assert!(Scope::Administer.includes(Scope::Read));
        assert!(!Scope::Read.includes(Scope::Operate));
        let reader = Actor::Token {
            id: TokenId::new(uuid::Uuid::nil()),
            name: "r".into(),
            scope: Scope::Read,
        };
        assert!(!reader.may(Permission::Answer));
        assert!(reader.sees_everything());
    }

    #[test]
    fn every_wrong_field_is_named() {
        let form = ExtensionForm {
            number: "2O1".into(),
            login: "j k".into(),
            password: "short".into(),
            role: "king".into(),
            ..ExtensionForm::default()
        };
        let Err(Refusal::Invalid { fields }) = form.check() else {
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
