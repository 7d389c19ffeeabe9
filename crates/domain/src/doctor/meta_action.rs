//! Changes that the doctor makes at Meta when an administrator asks for them. A refusal by Meta is an outcome here, not
//! an error: the administrator needs Meta's own message.

use serde::{Deserialize, Serialize};

/// One call to Meta on an administrator's behalf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaAction<T = ()> {
    /// Method and path, without secrets: `POST /102290129340398/subscribed_apps`.
    pub called: String,
    pub outcome: Outcome<T>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "value", rename_all = "snake_case")]
pub enum Outcome<T = ()> {
    Done(T),
    /// Meta's own message.
    Refused {
        code: i64,
        message: String,
        details: Option<String>,
    },
    /// No answer, or one that did not come from Meta: it may have been done.
    NoAnswer {
        why: String,
    },
}

impl<T> Outcome<T> {
    /// Maps the value of a success.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Done(value) => Outcome::Done(change(value)),
            Self::Refused {
                code,
                message,
                details,
            } => Outcome::Refused {
                code,
                message,
                details,
            },
            Self::NoAnswer { why } => Outcome::NoAnswer { why },
        }
    }
}

impl<T> MetaAction<T> {
    /// The call and its outcome, without the value.
    pub fn without_value(&self) -> MetaAction
    where
        T: Clone,
    {
        MetaAction {
            called: self.called.clone(),
            outcome: self.outcome.clone().map(drop),
        }
    }

    pub fn done(&self) -> Option<&T> {
        match &self.outcome {
            Outcome::Done(value) => Some(value),
            _ => None,
        }
    }
}

/// A number that a channel can be connected to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberChoice {
    pub waba_id: String,
    pub phone_number_id: String,
    /// As Meta writes it: `+420 777 123 456`.
    pub display: Option<String>,
    pub verified_name: Option<String>,
}
