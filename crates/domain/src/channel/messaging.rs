//! The form of the Messaging Settings tab.

use crate::{
    channel::Destination,
    form::{Invalid, Problem, Problems, is_invisible, line, optional},
    phone::PhoneNumber,
};
use serde::{Deserialize, Serialize};

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
    /// The calling code for numbers typed without one, such as `420`; the page fills it in. Empty: none.
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
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Messaging, Invalid> {
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

/// Meta's ids of phone numbers, accounts and apps are digits. Invisible characters from copying, such as line breaks
/// and direction marks, are removed.
///
/// # Errors
/// What is wrong with the id.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{channel::AuthenticationForm, ids::QueueId};

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
                Err(Invalid::field("phone_number", Problem::NotAPhoneNumber))
            );
        }
    }
}
