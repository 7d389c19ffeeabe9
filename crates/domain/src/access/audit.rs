//! The audit log: who did what, from where, and with what outcome.

use crate::{
    form::{Invalid, MAX_NAME, Problem, Problems, line, optional, unknown},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

/// What became of it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    Done,
    Refused,
}

impl AuditOutcome {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The actions of the filter [`AuditAbout::LogIns`].
pub const LOG_IN_ACTIONS: &[&str] = &[
    "person.log_in",
    "person.log_out",
    "person.log_out_browser",
    "person.log_out_everywhere",
    "person.end_logins",
];

/// What a row is about: the kind of its subject, or the log-ins.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum AuditAbout {
    LogIns,
    #[strum(serialize = "person")]
    #[serde(rename = "person")]
    User,
    Token,
    Webhook,
    Extension,
    Queue,
    Channel,
    Contact,
    CannedReply,
    Label,
    DeadLetter,
    Countries,
    Costs,
    MasterKey,
    /// The console as a whole: what nobody in particular was refused.
    Console,
    /// The same of the REST API.
    Api,
}

impl AuditAbout {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Who did something, with the name of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditActor {
    #[serde(rename = "person")]
    User {
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        id: Uuid,
        login: String,
    },
    Token {
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        id: Uuid,
        name: String,
    },
    /// The process itself, its command line included, or somebody who was not known.
    System,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditSubject {
    /// As stored: a word of the filter, or that of another version.
    pub kind: String,
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>, format = "uuid"))]
    pub id: Option<Uuid>,
    /// Its present name; none when it has none or is gone.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub name: Option<String>,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Counts the rows, without a gap.
    pub number: i64,
    pub at: Timestamp,
    pub actor: AuditActor,
    /// The client's IP address.
    pub address: Option<String>,
    /// Such as `channel.pause`.
    pub action: String,
    pub outcome: AuditOutcome,
    pub subject: AuditSubject,
    /// It never holds a secret's value.
    pub detail: Option<String>,
}

/// The filters as the address spells them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditForm {
    /// Days such as `2026-11-28`, both included.
    pub from: String,
    pub to: String,
    /// A part of a log-in name or of a token's name.
    pub who: String,
    /// [`AuditAbout`].
    pub about: String,
    /// [`AuditOutcome`].
    pub outcome: String,
    /// An IP address.
    pub address: String,
}

/// A checked [`AuditForm`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub who: Option<String>,
    pub about: Option<AuditAbout>,
    pub outcome: Option<AuditOutcome>,
    pub address: Option<IpAddr>,
}

impl AuditForm {
    /// `begins` is when a day begins, counted from 1970-01-01, where the reader is.
    ///
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self, begins: impl Fn(i64) -> Timestamp) -> Result<AuditFilter, Invalid> {
        let mut problems = Problems::default();
        let (from, until) = problems.days(&self.from, &self.to, begins);
        let who = optional(&self.who).map(|who| line(who, MAX_NAME)).transpose();
        let filter = AuditFilter {
            from,
            until,
            who: problems.take("who", who).flatten(),
            about: problems.known("about", &self.about),
            outcome: problems.known("outcome", &self.outcome),
            address: problems.known("address", &self.address),
        };
        problems.unless_any(filter)
    }

    /// Whether nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(day: i64) -> Timestamp {
        Timestamp::from_seconds(day * 24 * 60 * 60)
    }

    #[test]
    fn filters_are_read_as_the_address_spells_them() {
        let form = AuditForm {
            from: "1970-01-02".into(),
            to: "1970-01-02".into(),
            who: " jana ".into(),
            about: "log_ins".into(),
            outcome: "refused".into(),
            address: "2001:db8::1".into(),
        };
        let filter = form.check(utc).unwrap();
        assert_eq!((filter.from, filter.until), (Some(utc(1)), Some(utc(2))));
        assert_eq!(filter.who.as_deref(), Some("jana"));
        assert_eq!(filter.about, Some(AuditAbout::LogIns));
        assert_eq!(filter.outcome, Some(AuditOutcome::Refused));
        assert_eq!(filter.address, Some("2001:db8::1".parse().unwrap()));
        assert_eq!("person".parse(), Ok(AuditAbout::User));
        assert_eq!(AuditForm::default().check(utc), Ok(AuditFilter::default()));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_no_silent_nothing() {
        let form = AuditForm {
            from: "x".into(),
            to: "x".into(),
            who: "x".repeat(MAX_NAME + 1),
            about: "x".into(),
            outcome: "x".into(),
            address: "x".into(),
        };
        let fields = form.check(utc).unwrap_err().fields;
        let fields: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["from", "to", "who", "about", "outcome", "address"]);
    }
}
