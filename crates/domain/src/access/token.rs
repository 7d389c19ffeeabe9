//! API tokens: the form of a new one, and those that there are.

use super::Scope;
use crate::{
    form::{Invalid, MAX_NAME, Problem, Problems, line, optional},
    ids::TokenId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Maximum number of days that a token with an end works.
pub const MAX_TOKEN_DAYS: u32 = 1000;

/// What is typed to create a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenForm {
    /// What it is for.
    pub name: String,
    pub scope: String,
    /// After how many days it expires; empty: never.
    pub days: String,
}

/// A checked [`TokenForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub name: String,
    pub scope: Scope,
    pub days: Option<u32>,
}

impl TokenForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<NewToken, Invalid> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let scope = problems.take("scope", self.scope.parse());
        let days = problems.take("days", optional(&self.days).map(days).transpose());
        match (name, scope, days) {
            (Some(name), Some(scope), Some(days)) => Ok(NewToken { name, scope, days }),
            _ => Err(problems.refuse()),
        }
    }
}

fn days(text: &str) -> Result<u32, Problem> {
    let days = text
        .parse()
        .ok()
        .filter(|days| (1..=MAX_TOKEN_DAYS).contains(days));
    days.ok_or(Problem::NotARate)
}

/// A token that works, as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub id: TokenId,
    pub name: String,
    pub scope: Scope,
    pub created_at: Timestamp,
    /// `None`: never.
    pub expires_at: Option<Timestamp>,
    /// To five minutes; `None`: never.
    pub used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_name_a_scope_and_perhaps_an_end() {
        let form = |name: &str, scope: &str, days: &str| TokenForm {
            name: name.into(),
            scope: scope.into(),
            days: days.into(),
        };
        let new = form("CRM", "read", "30").check().unwrap();
        assert_eq!((new.scope, new.days), (Scope::Read, Some(30)));
        assert_eq!(form("CRM", "read", " ").check().unwrap().days, None);
        for days in ["0", "1001", "-1", "soon", "1.5"] {
            let fields = form("CRM", "read", days).check().unwrap_err().fields;
            assert_eq!(
                (fields[0].field.as_str(), fields[0].problem),
                ("days", Problem::NotARate),
                "{days}"
            );
        }
        assert_eq!(form("", "everything", "").check().unwrap_err().fields.len(), 2);
    }
}
