//! What the doctor does in Meta when an admin asks for it. A refusal of Meta's is an outcome here and not an error:
//! its own words are what the admin needs.

use serde::{Deserialize, Serialize};

/// One call to Meta on an admin's behalf.
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
    /// Meta's own words.
    Refused {
        code: i64,
        message: String,
        details: Option<String>,
    },
    /// No answer, or one that is not Meta's: it may have been done.
    NoAnswer {
        why: String,
    },
}

impl<T> Outcome<T> {
    /// The same with another value, where there is one.
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
    /// What was called and how it ended.
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
