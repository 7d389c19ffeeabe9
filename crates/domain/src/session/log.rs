//! The filters of the session log.

use crate::{
    form::{Invalid, Problem, Problems, optional},
    ids::{ChannelId, ExtensionId, QueueId, SessionId},
    session::Holder,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use strum::{EnumString, IntoStaticStr};

/// Whose sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Holder(Holder),
    /// Of an extension or a queue that is disabled.
    Disabled,
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holder(holder) => holder.fmt(f),
            Self::Disabled => f.write_str("disabled"),
        }
    }
}

impl FromStr for Whose {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text {
            "disabled" => Ok(Self::Disabled),
            holder => holder.parse().map(Self::Holder),
        }
    }
}

/// In what state sessions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SessionLogState))]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum LogState {
    Open,
    Waiting,
    Assigned,
    Closed,
}

impl LogState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Waiting, Self::Assigned, Self::Closed];

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The filters as the address spells them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogForm {
    /// The days of the last message, such as `2026-11-28`, both included.
    pub from: String,
    pub to: String,
    /// Words of a name, or a number.
    pub customer: String,
    /// [`Whose`].
    pub of: String,
    pub channel: String,
    pub state: String,
    pub id: String,
}

/// A checked [`LogForm`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// The last message came at this time or later.
    pub from: Option<Timestamp>,
    /// The last message came before this time.
    pub until: Option<Timestamp>,
    pub customer: Option<String>,
    pub whose: Option<Whose>,
    pub channel: Option<ChannelId>,
    pub state: Option<LogState>,
    pub id: Option<SessionId>,
}

impl LogForm {
    /// `begins` is when a day begins, counted from 1970-01-01, where the reader is.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self, begins: impl Fn(i64) -> Timestamp) -> Result<LogFilter, Invalid> {
        let mut problems = Problems::default();
        let mut filter = LogFilter {
            customer: optional(&self.customer).map(str::to_owned),
            ..LogFilter::default()
        };
        (filter.from, filter.until) = problems.days(&self.from, &self.to, begins);
        filter.whose = problems.known("of", &self.of);
        filter.channel = problems.known("channel", &self.channel);
        filter.state = problems.known("state", &self.state);
        filter.id = problems.known("id", &self.id);
        problems.unless_any(filter)
    }

    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the filters offer: names by id. Disabled and deleted ones have sessions, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogChoices {
    pub extensions: Vec<(ExtensionId, String)>,
    pub queues: Vec<(QueueId, String)>,
    pub channels: Vec<(ChannelId, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00000000-0000-7000-8000-000000000001";

    fn utc(day: i64) -> Timestamp {
        Timestamp::from_seconds(day * 24 * 60 * 60)
    }

    #[test]
    fn filters_are_read_as_the_address_spells_them() {
        let form = LogForm {
            from: "1970-01-02".into(),
            to: " 1970-01-03".into(),
            customer: " eva ".into(),
            of: format!("extension:{ID}"),
            channel: ID.into(),
            state: "closed".into(),
            id: ID.into(),
        };
        let filter = form.check(utc).unwrap();
        assert_eq!((filter.from, filter.until), (Some(utc(1)), Some(utc(3))));
        assert_eq!(filter.customer.as_deref(), Some("eva"));
        assert_eq!(filter.whose.unwrap().to_string(), form.of);
        assert_eq!(filter.state, Some(LogState::Closed));
        assert_eq!(LogForm::default().check(utc), Ok(LogFilter::default()));
        let disabled = LogForm {
            of: "disabled".into(),
            ..LogForm::default()
        };
        assert_eq!(disabled.check(utc).unwrap().whose, Some(Whose::Disabled));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_no_silent_nothing() {
        let form = LogForm {
            from: "yesterday".into(),
            to: "2026-02-30".into(),
            customer: String::new(),
            of: "x".into(),
            channel: "x".into(),
            state: "x".into(),
            id: "x".into(),
        };
        let fields = form.check(utc).unwrap_err().fields;
        let fields: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["from", "to", "of", "channel", "state", "id"]);
    }
}
