//! API tokens: the form of a new one, and those that there are.

use super::{Bound, BoundRef, Scope};
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
    /// `channel:ID` or `queue:ID`; empty: it reaches everything.
    pub bound: String,
}

/// A checked [`TokenForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    pub name: String,
    pub scope: Scope,
    pub days: Option<u32>,
    pub bound: Option<Bound>,
}

impl TokenForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<NewToken, Invalid> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, MAX_NAME));
        let scope = problems.take("scope", self.scope.parse());
        let days = problems.take("days", optional(&self.days).map(days).transpose());
        let bound = problems.take(
            "bound",
            optional(&self.bound).map(str::parse::<Bound>).transpose(),
        );
        if scope.is_some_and(|scope| !Bound::fits(scope)) && bound.flatten().is_some() {
            problems.add("scope", Problem::NotBound);
            return Err(problems.refuse());
        }
        match (name, scope, days, bound) {
            (Some(name), Some(scope), Some(days), Some(bound)) => Ok(NewToken {
                name,
                scope,
                days,
                bound,
            }),
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
    /// `None`: it reaches everything.
    #[serde(default)]
    pub bound: Option<BoundRef>,
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
            bound: String::new(),
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
        let bound = |scope: &str, bound: &str| {
            let form = TokenForm {
                bound: bound.into(),
                ..form("CRM", scope, "")
            };
            form.check().map(|new| new.bound).map_err(|invalid| {
                let wrong = invalid.fields.into_iter().map(|of| (of.field, of.problem));
                wrong.collect::<Vec<_>>()
            })
        };
        let queue = "queue:00000000-0000-0000-0000-000000000007";
        assert_eq!(bound("operate", queue), Ok(queue.parse::<Bound>().ok()));
        assert_eq!(bound("operate", " "), Ok(None));
        let wrong = |field: &str, problem| Err(vec![(field.to_owned(), problem)]);
        assert_eq!(bound("read", "queue:7"), wrong("bound", Problem::Unknown));
        assert_eq!(bound("administer", queue), wrong("scope", Problem::NotBound));
    }
}
