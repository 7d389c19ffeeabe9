//! Communication channels: what an admin types and its checks, where inbound messages go, and the badge, which
//! is always worked out from facts and never stored.

mod activity;
mod badge;

pub use activity::{Activity, ActivityView, Changed, Deed, DeliveryRow, Detail, NewValue, Step};
pub use badge::{Badge, BadgeChange, ChannelFacts, Reason, TokenAnswer, TokenState};

use crate::{
    access::NAME_MOST,
    doctor::Check,
    ids::{ChannelId, ExtensionId, QueueId},
    phone::PhoneNumber,
    refusal::{Problem, Problems, Refusal, is_invisible, line, optional},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Where a channel's inbound messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Destination {
    Extension(ExtensionId),
    Queue(QueueId),
}

/// As a `<select>` spells it: `extension:ID` or `queue:ID`.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(id) => write!(f, "extension:{id}"),
            Self::Queue(id) => write!(f, "queue:{id}"),
        }
    }
}

impl FromStr for Destination {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.split_once(':') {
            Some(("extension", id)) => id.parse().map(Self::Extension).map_err(|_| Problem::Unknown),
            Some(("queue", id)) => id.parse().map(Self::Queue).map_err(|_| Problem::Unknown),
            _ => Err(Problem::Unknown),
        }
    }
}

/// A destination as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationRef {
    pub destination: Destination,
    /// The queue's name, or the extension's number and name.
    pub label: String,
    pub disabled: bool,
    /// An extension as which nobody can log in, or a queue in which there are only such.
    pub empty: bool,
}

impl DestinationRef {
    /// Somebody takes the new sessions that go there.
    pub fn takes(&self) -> bool {
        !self.disabled && !self.empty
    }
}

/// The Authentication tab.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticationForm {
    pub name: String,
    /// Empty: keep the one there is.
    pub access_token: String,
    /// Empty: keep the one there is.
    pub app_secret: String,
    /// A second app secret, valid beside the first while Meta's is being reset. Empty: keep as it is.
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
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Authentication, Refusal> {
        let mut problems = Problems::default();
        let name = problems.take("name", line(&self.name, NAME_MOST));
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

/// The Messaging Settings tab.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessagingForm {
    pub phone_number: String,
    pub phone_number_id: String,
    pub waba_id: String,
    pub destination: String,
    /// Where new sessions go while the destination is disabled. Empty: supervisors find them among the waiting.
    pub fallback: String,
    /// The calling code of a number that is typed without one, such as `420`; the page fills it in. Empty: none.
    pub country: String,
}

/// A checked [`MessagingForm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messaging {
    pub phone_number: PhoneNumber,
    /// Meta's id of the number: digits.
    pub phone_number_id: String,
    /// Meta's id of the WhatsApp Business Account: digits.
    pub waba_id: Option<String>,
    pub destination: Destination,
    pub fallback: Option<Destination>,
}

impl MessagingForm {
    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Messaging, Refusal> {
        let mut problems = Problems::default();
        let phone_number = match optional(&self.phone_number) {
            None => problems.take("phone_number", Err(Problem::Required)),
            Some(text) => problems.take(
                "phone_number",
                PhoneNumber::parse_in(text, calling_code(&self.country))
                    .map_err(|_| Problem::NotAPhoneNumber),
            ),
        };
        let phone_number_id = problems.take("phone_number_id", meta_id(&self.phone_number_id));
        let waba_id = problems.take("waba_id", optional(&self.waba_id).map(meta_id).transpose());
        let destination = match optional(&self.destination) {
            None => problems.take("destination", Err(Problem::Required)),
            Some(text) => problems.take("destination", text.parse()),
        };
        let fallback = problems.take("fallback", optional(&self.fallback).map(str::parse).transpose());
        match (phone_number, phone_number_id, waba_id, destination, fallback) {
            (Some(phone_number), Some(phone_number_id), Some(waba_id), Some(destination), Some(fallback)) => {
                Ok(Messaging {
                    phone_number,
                    phone_number_id,
                    waba_id,
                    destination,
                    fallback,
                })
            }
            _ => Err(problems.refuse()),
        }
    }
}

fn calling_code(text: &str) -> Option<&str> {
    optional(text).filter(|code| code.len() <= 3 && code.bytes().all(|b| b.is_ascii_digit()))
}

/// Meta's ids of phone numbers, accounts and apps are digits. What came along with a copy, such as a line break or a
/// mark of the direction, is left out.
///
/// # Errors
/// What is wrong with it.
pub fn meta_id(text: &str) -> Result<String, Problem> {
    let id: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .collect();
    let id = line(&id, 32)?;
    if id.bytes().all(|b| b.is_ascii_digit()) {
        Ok(id)
    } else {
        Err(Problem::NotNumeric)
    }
}

/// A token or a secret is one run of printable ASCII; a space in it means that more was copied than the value. A long
/// one that was copied from several lines has line breaks in it.
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

/// A row of the channels page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRow {
    pub id: ChannelId,
    pub name: String,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub destination: Option<DestinationRef>,
    pub badge: Badge,
    /// What is wrong, when it is degraded.
    pub degraded_by: Vec<Check>,
    pub last_inbound_at: Option<Timestamp>,
    /// Messages received in the last 24 h.
    pub inbound_day: u32,
    /// Messages written in the last 24 h.
    pub outbound_day: u32,
}

/// A channel in its editor. Secrets never come back: only their last four characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    pub id: ChannelId,
    /// Rises with every save; a save of an older version is refused. 0: nothing has been saved yet.
    pub version: i64,
    pub name: String,
    pub webhook_url: String,
    pub verify_token: String,
    pub access_token_end: Option<String>,
    pub app_secret_end: Option<String>,
    /// A second app secret is valid beside the first.
    pub next_app_secret_end: Option<String>,
    pub phone_number: Option<String>,
    pub phone_number_id: Option<String>,
    pub waba_id: Option<String>,
    pub destination: Option<DestinationRef>,
    pub fallback: Option<DestinationRef>,
    pub badge: Badge,
    pub degraded_by: Vec<Check>,
    pub webhook_seen_at: Option<Timestamp>,
    pub last_inbound_at: Option<Timestamp>,
    pub token: TokenState,
    pub token_checked_at: Option<Timestamp>,
    /// Meta's own words about the token, when it refused it.
    pub token_answer: Option<String>,
}

impl ChannelView {
    /// Before the first save it has only an address and a verify token.
    pub fn is_saved(&self) -> bool {
        self.version > 0
    }

    /// The fields that keep it a draft.
    pub fn missing(&self) -> Vec<&'static str> {
        let fields = [
            ("access_token", self.access_token_end.is_none()),
            ("app_secret", self.app_secret_end.is_none()),
            ("phone_number_id", self.phone_number_id.is_none()),
            ("destination", self.destination.is_none()),
        ];
        let missing = fields.into_iter().filter(|(_, missing)| *missing);
        missing.map(|(field, _)| field).collect()
    }
}

/// A channel, or what became of it: an editor that is open when somebody else deletes the channel says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Here(Box<ChannelView>),
    Deleted {
        name: String,
        /// A person's log-in or a token's name.
        by: Option<String>,
        at: Timestamp,
    },
}

/// What the editor offers as destinations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destinations {
    pub extensions: Vec<DestinationRef>,
    pub queues: Vec<DestinationRef>,
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
            Err(Refusal::field("access_token", Problem::NotAToken))
        );
    }

    #[test]
    fn what_is_pasted_is_stripped_of_what_cannot_be_seen() {
        let messaging = MessagingForm {
            phone_number: "\u{202a}+420 601 000 009\u{202c}".into(),
            phone_number_id: "106530001\n".into(),
            waba_id: "\u{200e}2000 0000\u{a0}1\r\n".into(),
            destination: Destination::Queue(QueueId::new(uuid::Uuid::nil())).to_string(),
            ..Default::default()
        };
        let checked = messaging.check().unwrap();
        assert_eq!(checked.phone_number.as_str(), "+420601000009");
        assert_eq!(checked.phone_number_id, "106530001");
        assert_eq!(checked.waba_id.as_deref(), Some("200000001"));
        let authentication = AuthenticationForm {
            name: "Podpora".into(),
            access_token: "\u{feff}EAAG\nxyz\n".into(),
            app_secret: "\t0123\u{200b}4567 ".into(),
            ..Default::default()
        };
        let checked = authentication.check().unwrap();
        assert_eq!(checked.access_token.as_deref(), Some("EAAGxyz"));
        assert_eq!(checked.app_secret.as_deref(), Some("01234567"));
    }

    #[test]
    fn a_number_without_its_country_takes_the_channels() {
        let form = |country: &str| MessagingForm {
            phone_number: "777 123 456".into(),
            phone_number_id: "1".into(),
            destination: Destination::Queue(QueueId::new(uuid::Uuid::nil())).to_string(),
            country: country.into(),
            ..Default::default()
        };
        let number = |country| {
            form(country)
                .check()
                .map(|checked| checked.phone_number.to_string())
        };
        assert_eq!(number("420"), Ok("+420777123456".to_owned()));
        for unknown in ["", "abc", "99999"] {
            assert_eq!(
                number(unknown),
                Err(Refusal::field("phone_number", Problem::NotAPhoneNumber))
            );
        }
    }

    #[test]
    fn destinations_read_back_as_written() {
        let queue = Destination::Queue(QueueId::new(uuid::Uuid::from_u128(7)));
        assert_eq!(queue.to_string().parse(), Ok(queue));
        assert_eq!("queue:7".parse::<Destination>(), Err(Problem::Unknown));
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
