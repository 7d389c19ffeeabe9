//! The fate of an accepted message: whom it reaches, or why it fails.

use url::Url;

use crate::kinds::FileKind;
use crate::world::{CustomerId, SentFile, World};

/// A message that has passed Graph's checks.
#[derive(Debug)]
pub(crate) struct Valid {
    pub to: Option<String>,
    pub recipient: Option<String>,
    pub body: serde_json::Value,
    pub attachment: Option<Attachment>,
}

/// The file of a message.
#[derive(Debug)]
pub(crate) struct Attachment {
    pub kind: FileKind,
    pub file: File,
}

#[derive(Debug)]
pub(crate) enum File {
    /// Meta has it already.
    Here(SentFile),
    /// Meta fetches it.
    At(Url),
}

#[derive(Debug)]
pub(crate) enum Fate {
    Reaches(CustomerId),
    /// Reaches the customer if this file can be fetched.
    Fetches(CustomerId, FileKind, Url),
    Fails(Failure),
    /// No status ever follows.
    Vanishes,
}

/// Meta's error in the status `failed`.
#[derive(Debug)]
pub(crate) struct Failure {
    pub code: i64,
    pub title: &'static str,
    pub details: String,
}

impl Failure {
    fn new(code: i64, title: &'static str, details: &str) -> Self {
        Self {
            code,
            title,
            details: details.to_owned(),
        }
    }

    /// A file that WhatsApp cannot send.
    pub(crate) fn of_file(details: &str) -> Self {
        Self::new(131053, "Media upload error", details)
    }
}

impl Valid {
    /// The recipient as Graph compares them.
    pub(crate) fn person(&self) -> String {
        let digits = self.to.as_deref().map(digits);
        digits.or_else(|| self.recipient.clone()).unwrap_or_default()
    }

    pub(crate) fn fate(&self, world: &World, phone_number_id: &str, at: i64, window_counts: bool) -> Fate {
        let customer = match (&self.to, &self.recipient) {
            // A BSUID belongs in `recipient`; in `to` the message is accepted and lost.
            (Some(to), _) if looks_like_bsuid(to) => return Fate::Vanishes,
            (Some(to), _) => world.customer_by_wa_id(&digits(to)),
            (None, Some(bsuid)) => world.customer_by_bsuid(bsuid),
            (None, None) => None,
        };
        let Some(customer) = customer else {
            let details = "The recipient is not on WhatsApp.";
            return Fate::Fails(Failure::new(131026, "Message undeliverable", details));
        };
        if world.blocked.contains(&(phone_number_id.to_owned(), customer)) {
            let details = "The business has blocked the recipient.";
            return Fate::Fails(Failure::new(131026, "Message undeliverable", details));
        }
        let open = world.window_is_open(phone_number_id, customer, at);
        if window_counts && !open && self.body["type"] != "template" {
            let details = "Message failed to send because more than 24 hours have passed since the customer last \
                           replied to this number.";
            return Fate::Fails(Failure::new(131047, "Re-engagement message", details));
        }
        match &self.attachment {
            None => Fate::Reaches(customer),
            Some(Attachment {
                kind,
                file: File::At(url),
            }) => Fate::Fetches(customer, *kind, url.clone()),
            Some(Attachment {
                file: File::Here(file),
                ..
            }) => match file.objection() {
                Some(objection) => Fate::Fails(Failure::of_file(&objection)),
                None => Fate::Reaches(customer),
            },
        }
    }
}

impl Attachment {
    pub(crate) fn here(self) -> Option<SentFile> {
        match self.file {
            File::Here(file) => Some(file),
            File::At(_) => None,
        }
    }
}

/// `CC.` and letters or digits: <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>
pub(crate) fn looks_like_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && !rest.is_empty()
}

/// A phone number without the characters `+`, `-`, `()` and space, which Graph accepts.
pub(crate) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
