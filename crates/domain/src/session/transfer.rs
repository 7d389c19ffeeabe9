//! Moving open sessions to an extension or a queue, one or many, with a reason.

use crate::{
    channel::Destination,
    form::{Invalid, Problem, Problems, line, optional},
    ids::{ExtensionId, QueueId},
    presence::Presence,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of characters in a reason.
pub const MAX_REASON: usize = 200;

/// The owner of an open session, or the place where it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    Extension(ExtensionId),
    /// It waits in this queue.
    Queue(QueueId),
    /// It waits where only supervisors see it.
    Nobody,
}

impl From<Destination> for Holder {
    fn from(destination: Destination) -> Self {
        match destination {
            Destination::Extension(id) => Self::Extension(id),
            Destination::Queue(id) => Self::Queue(id),
        }
    }
}

impl Holder {
    /// Where a session has to be moved for this holder to have it; `None` for nobody.
    pub const fn destination(self) -> Option<Destination> {
        match self {
            Self::Extension(id) => Some(Destination::Extension(id)),
            Self::Queue(id) => Some(Destination::Queue(id)),
            Self::Nobody => None,
        }
    }
}

/// In the format of forms and addresses: `extension:ID`, `queue:ID` or `nobody`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Extension(id) => Destination::Extension(id).fmt(f),
            Self::Queue(id) => Destination::Queue(id).fmt(f),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

impl FromStr for Holder {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "nobody" => Ok(Self::Nobody),
            other => other.parse::<Destination>().map(Self::from),
        }
    }
}

/// What is typed to move sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferForm {
    /// The holder that the page showed. Sessions that somebody else has moved meanwhile are left alone. Empty: any
    /// holder.
    pub from: String,
    /// A [`Destination`].
    pub to: String,
    pub reason: String,
}

/// A checked [`TransferForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub from: Option<Holder>,
    pub to: Destination,
    pub reason: Option<String>,
}

fn shown(from: &str) -> Result<Option<Holder>, Problem> {
    optional(from).map(str::parse).transpose()
}

/// Checks the reason that somebody gives for what they do with a session; an empty one is none.
///
/// # Errors
/// It is too long, or has several lines.
pub fn reason(text: &str) -> Result<Option<String>, Invalid> {
    given(text).map_err(|problem| Invalid::field("reason", problem))
}

fn given(reason: &str) -> Result<Option<String>, Problem> {
    optional(reason)
        .map(|reason| line(reason, MAX_REASON))
        .transpose()
}

impl TransferForm {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Transfer, Invalid> {
        let mut problems = Problems::default();
        let from = problems.take("from", shown(&self.from));
        let to = match optional(&self.to) {
            None => problems.take("to", Err(Problem::Required)),
            Some(to) => problems.take("to", to.parse()),
        };
        let reason = problems.take("reason", given(&self.reason));
        match (from, to, reason) {
            (Some(from), Some(to), Some(reason)) => Ok(Transfer { from, to, reason }),
            _ => Err(problems.refuse()),
        }
    }
}

/// An extension that owns open sessions, or a place where some wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderRow {
    pub holder: Holder,
    /// The extension's number and name, or the queue's name; `None`: nobody.
    pub label: Option<String>,
    /// It is disabled, or an extension that nobody can log in as.
    pub unattended: bool,
    pub open: u32,
    /// Of an extension.
    #[serde(default)]
    pub presence: Option<Presence>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn holders_are_spelled_and_read() {
        let id = Uuid::from_u128(7);
        for holder in [
            Holder::Extension(ExtensionId::new(id)),
            Holder::Queue(QueueId::new(id)),
            Holder::Nobody,
        ] {
            assert_eq!(holder.to_string().parse(), Ok(holder));
        }
        assert_eq!("somebody".parse::<Holder>(), Err(Problem::Unknown));
    }

    #[test]
    fn a_transfer_names_a_destination_and_perhaps_a_reason() {
        let form = |to: &str, reason: &str| TransferForm {
            from: String::new(),
            to: to.into(),
            reason: reason.into(),
        };
        let to = format!("queue:{}", Uuid::from_u128(7));
        assert_eq!(form(&to, " ").check().unwrap().reason, None);
        assert_eq!(
            form(&to, " sick ").check().unwrap().reason.as_deref(),
            Some("sick")
        );
        assert!(form(&to, &"x".repeat(MAX_REASON + 1)).check().is_err());
        assert!(form("nobody", "").check().is_err());
        assert!(form("", "").check().is_err());
    }
}
