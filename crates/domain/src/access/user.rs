//! The forms of users, and the checks of log-in names and passwords.

use crate::{
    access::Role,
    form::{Invalid, MAX_NAME, Problem, Problems, line},
    ids::UserId,
    nfc::nfc,
    refs::ExtensionRef,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is typed to create a user without an extension: the first administrator, or a user from the command line.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserForm {
    pub login: String,
    pub name: String,
    pub password: String,
    pub role: String,
}

impl fmt::Debug for UserForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserForm")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A checked [`UserForm`].
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    pub login: String,
    pub name: String,
    /// `None`: the current one stays.
    pub password: Option<String>,
    pub role: Role,
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl UserForm {
    /// For a new user.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<NewUser, Invalid> {
        self.checked(password(&self.password).map(Some))
    }

    /// For one that exists, who may keep the password.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check_change(&self) -> Result<NewUser, Invalid> {
        match self.password.is_empty() {
            true => self.checked(Ok(None)),
            false => self.check(),
        }
    }

    fn checked(&self, password: Result<Option<String>, Problem>) -> Result<NewUser, Invalid> {
        let mut problems = Problems::default();
        let login = problems.take("login", login_name(&self.login));
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let password = problems.take("password", password);
        let role = problems.take("role", self.role.parse());
        match (login, name, password, role) {
            (Some(login), Some(name), Some(password), Some(role)) => Ok(NewUser {
                login,
                name,
                password,
                role,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

/// Somebody who can log in, as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub id: UserId,
    pub login: String,
    pub name: String,
    pub role: Role,
    /// Where they answer. Name, log-in name and role are changed there.
    pub extension: Option<ExtensionRef>,
    pub disabled: bool,
    /// Browsers in which they are logged in.
    pub logins: u32,
    /// When the last one of these was used.
    pub seen_at: Option<Timestamp>,
    /// Their log-ins need a code, too.
    pub second_factor: bool,
    /// They are a user of the provider of single sign-on.
    pub single_sign_on: bool,
}

/// Minimum number of characters in a password. Length beats complexity rules.
/// <https://pages.nist.gov/800-63-4/sp800-63b.html>
pub const MIN_PASSWORD: usize = 10;

/// Maximum number of bytes in a password; bounds the cost of hashing.
pub const MAX_PASSWORD: usize = 512;

/// 2 to 64 letters, digits and `. _ - @ +`, in lower case and NFC.
pub fn login_name(text: &str) -> Result<String, Problem> {
    let login = line(&nfc(text), 64)?.to_lowercase();
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

/// At least [`MIN_PASSWORD`] characters; nothing is trimmed.
pub fn password(text: &str) -> Result<String, Problem> {
    if text.chars().count() < MIN_PASSWORD {
        Err(Problem::TooShort)
    } else if text.len() > MAX_PASSWORD {
        Err(Problem::TooLong)
    } else {
        Ok(text.to_owned())
    }
}
