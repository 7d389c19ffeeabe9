//! The form of the Authentication tab.

use crate::form::{Invalid, MAX_NAME, Problem, Problems, is_invisible, line, optional};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The Authentication tab.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticationForm {
    pub name: String,
    /// Empty: keep the current one.
    pub access_token: String,
    /// Empty: keep the current one.
    pub app_secret: String,
    /// A second app secret, valid beside the first while the secret is being reset at Meta. Empty: keep as it is.
    pub next_app_secret: String,
}

impl fmt::Debug for AuthenticationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationForm")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A checked [`AuthenticationForm`].
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication {
    pub name: String,
    pub access_token: Option<String>,
    pub app_secret: Option<String>,
    pub next_app_secret: Option<String>,
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl AuthenticationForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Authentication, Invalid> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let mut take = |field: &str, text: &str| problems.take(field, optional(text).map(secret).transpose());
        let access_token = take("access_token", &self.access_token);
        let app_secret = take("app_secret", &self.app_secret);
        let next_app_secret = take("next_app_secret", &self.next_app_secret);
        match (name, access_token, app_secret, next_app_secret) {
            (Some(name), Some(access_token), Some(app_secret), Some(next_app_secret)) => Ok(Authentication {
                name,
                access_token,
                app_secret,
                next_app_secret,
            }),
            _ => Err(problems.refuse()),
        }
    }
}

/// A token or a secret is one run of printable ASCII. A space in it means that more than the value was copied. A long
/// value that was copied from several lines contains line breaks.
fn secret(text: &str) -> Result<String, Problem> {
    let value: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    if value.len() > 4096 {
        Err(Problem::TooLong)
    } else if value.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(value)
    } else {
        Err(Problem::NotAToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_line_is_not_a_token() {
        let form = AuthenticationForm {
            name: "Support".into(),
            access_token: "EAAG abc".into(),
            ..Default::default()
        };
        assert_eq!(
            form.check(),
            Err(Invalid::field("access_token", Problem::NotAToken))
        );
    }

    #[test]
    fn forms_never_show_their_secrets() {
        let form = AuthenticationForm {
            app_secret: "s3cr3t".into(),
            ..Default::default()
        };
        assert!(!format!("{form:?}").contains("s3cr3t"));
    }
}
