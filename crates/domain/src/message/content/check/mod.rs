//! Meta's limits for outgoing messages, checked before sending, in the browser as in the process. Lengths are counted in
//! Unicode code points: Meta's OpenAPI document gives them as `maxLength`, which JSON Schema counts so
//! (<https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1>).
//!
//! | kind | limits |
//! |---|---|
//! | text | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages> |
//! | image and other files | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/image-messages> |
//! | buttons | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages> |
//! | list | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages> |
//! | request for the location | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/location-request-messages> |
//! | template | `template` |
//! | button that leads to a page | <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-cta-url-messages> |

pub(in crate::message) mod limits;
pub(in crate::message) mod template;

pub use limits::{MAX_BODY, MAX_CAPTION, MAX_HEADER, MAX_TEXT};
pub use template::{MAX_COUPON, MAX_URL, is_one_line};

use super::{
    contact::Contact,
    interactive::{self, Header, Interactive, Words},
    kinds::Content,
};
use crate::{
    form::{Invalid, Problem},
    time,
};
use limits::{Check, MAX_LINE};
use std::collections::HashSet;

pub(in crate::message) const MAX_CONTACTS: usize = 257;
const MAX_PARTS: usize = 100;
const MAX_FOOTER: usize = 60;
/// Switchboard's own limit: a family with skin tones has about a dozen code points.
pub(in crate::message) const MAX_EMOJI: usize = 32;
const MAX_LIST_BODY: usize = 4096;
/// Maximum number of reply buttons.
pub const MAX_BUTTONS: usize = 3;
pub(in crate::message) const MAX_BUTTON: usize = 20;
pub(in crate::message) const MAX_BUTTON_ID: usize = 256;
/// Maximum number of rows of a list, in all its sections.
pub const MAX_ROWS: usize = 10;
pub(in crate::message) const MAX_ROW: usize = 24;
pub(in crate::message) const MAX_ROW_ID: usize = 200;
pub(in crate::message) const MAX_DESCRIPTION: usize = 72;

impl Content {
    /// # Errors
    /// The fields that Meta would refuse, or a kind that cannot be sent.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut check = Check::default();
        let at = self.kind();
        match self {
            Self::Text(text) => check.words("text.body", &text.body, MAX_TEXT),
            Self::Image(media) | Self::Video(media) => check.file(at, media, true, false),
            Self::Document(media) => check.file(at, media, true, true),
            Self::Audio(media) | Self::Sticker(media) => check.file(at, media, false, false),
            Self::Location(place) => check.place(at, place),
            Self::Contacts(contacts) => check.contacts(contacts),
            Self::Interactive(interactive) => check.interactive(interactive),
            Self::Reaction(reaction) => {
                check.line("reaction.message_id", &reaction.message_id, MAX_LINE);
                check.emoji("reaction.emoji", reaction.emoji.as_deref().unwrap_or_default());
            }
            Self::Template(template) => check.template(template),
            Self::Button(_)
            | Self::Order(_)
            | Self::System(_)
            | Self::Edit(_)
            | Self::Revoke(_)
            | Self::Call(_)
            | Self::Unsupported { .. }
            | Self::Unknown { .. } => check.add("type", Problem::Unknown),
        }
        match check.0.is_empty() {
            true => Ok(()),
            false => Err(check.0.refuse()),
        }
    }
}

impl Check {
    fn contacts(&mut self, contacts: &[Contact]) {
        self.count("contacts", contacts.len(), MAX_CONTACTS);
        for (n, contact) in contacts.iter().take(MAX_CONTACTS).enumerate() {
            let field = |field: &str| format!("contacts[{n}].{field}");
            let name = &contact.name;
            self.words(
                &field("name.formatted_name"),
                name.formatted_name.as_deref().unwrap_or_default(),
                MAX_LINE,
            );
            let parts = [
                &name.prefix,
                &name.first_name,
                &name.middle_name,
                &name.last_name,
                &name.suffix,
            ];
            if parts.into_iter().all(Option::is_none) {
                self.add(&field("name.first_name"), Problem::Required);
            }
            if contact.vcard.is_some() {
                self.add(&field("vcard"), Problem::Unknown);
            }
            if !contact.more.is_empty() {
                self.add(&field("more"), Problem::Unknown);
            }
            if contact.birthday.as_deref().is_some_and(|day| !time::is_date(day)) {
                self.add(&field("birthday"), Problem::NotADate);
            }
            let facts = contact.facts();
            if facts.len() > MAX_PARTS {
                self.0.add_too_long(&field("phones"), MAX_PARTS);
            } else if facts.iter().any(|fact| fact.value.chars().count() > MAX_LINE) {
                self.0.add_too_long(&field("phones"), MAX_LINE);
            }
        }
    }

    /// Empty takes a reaction away. Keycaps such as 1️⃣ begin with ASCII.
    fn emoji(&mut self, field: &str, emoji: &str) {
        self.length(field, emoji, MAX_EMOJI);
        let is_one =
            !emoji.is_ascii() && !emoji.contains(|c: char| c.is_whitespace() || c.is_ascii_alphabetic());
        if !emoji.is_empty() && !is_one {
            self.add(field, Problem::NotAToken);
        }
    }

    fn interactive(&mut self, interactive: &Interactive) {
        match interactive {
            Interactive::Button(own) => {
                self.around(own.header.as_ref(), &own.body, own.footer.as_ref(), MAX_BODY);
                let buttons = &own.action.buttons;
                self.count("interactive.action.buttons", buttons.len(), MAX_BUTTONS);
                for (n, interactive::ReplyButton::Reply { reply }) in buttons.iter().enumerate() {
                    let at = format!("interactive.action.buttons[{n}].reply");
                    self.line(&format!("{at}.id"), &reply.id, MAX_BUTTON_ID);
                    if reply.id.trim() != reply.id {
                        self.add(&format!("{at}.id"), Problem::NotAToken);
                    }
                    self.line(&format!("{at}.title"), &reply.title, MAX_BUTTON);
                    let before = buttons.iter().take(n);
                    let mut before = before.map(|interactive::ReplyButton::Reply { reply }| reply);
                    if before.clone().any(|other| other.id == reply.id) {
                        self.add(&format!("{at}.id"), Problem::Taken);
                    }
                    if before.any(|other| other.title.trim() == reply.title.trim())
                        && !reply.title.trim().is_empty()
                    {
                        self.add(&format!("{at}.title"), Problem::Taken);
                    }
                }
            }
            Interactive::List(own) => {
                if own
                    .header
                    .as_ref()
                    .is_some_and(|header| !matches!(header, Header::Text { .. }))
                {
                    self.add("interactive.header.type", Problem::Unknown);
                }
                self.around(own.header.as_ref(), &own.body, own.footer.as_ref(), MAX_LIST_BODY);
                self.line("interactive.action.button", &own.action.button, MAX_BUTTON);
                self.sections(&own.action.sections);
            }
            Interactive::CtaUrl(own) => {
                self.around(own.header.as_ref(), &own.body, own.footer.as_ref(), MAX_BODY);
                let interactive::Link::CtaUrl { display_text, url } = &own.action;
                self.line(
                    "interactive.action.parameters.display_text",
                    display_text,
                    MAX_BUTTON,
                );
                self.web("interactive.action.parameters.url", url);
            }
            Interactive::LocationRequestMessage(own) => {
                self.words("interactive.body.text", &own.body.text, MAX_BODY);
            }
            Interactive::ButtonReply(_)
            | Interactive::ListReply(_)
            | Interactive::NfmReply(_)
            | Interactive::Other => self.add("interactive.type", Problem::Unknown),
        }
    }

    fn sections(&mut self, sections: &[interactive::Section]) {
        const AT: &str = "interactive.action.sections";
        self.count(AT, sections.len(), MAX_ROWS);
        let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
        if rows > MAX_ROWS {
            self.0.add_too_long(AT, MAX_ROWS);
            return;
        }
        let mut ids = HashSet::new();
        for (n, section) in sections.iter().enumerate() {
            self.count(&format!("{AT}[{n}].rows"), section.rows.len(), MAX_ROWS);
            match &section.title {
                Some(title) => self.line(&format!("{AT}[{n}].title"), title, MAX_ROW),
                None if sections.len() > 1 => self.add(&format!("{AT}[{n}].title"), Problem::Required),
                None => {}
            }
            for (m, row) in section.rows.iter().enumerate() {
                let at = format!("{AT}[{n}].rows[{m}]");
                self.line(&format!("{at}.id"), &row.id, MAX_ROW_ID);
                if !ids.insert(&row.id) {
                    self.add(&format!("{at}.id"), Problem::Taken);
                }
                self.line(&format!("{at}.title"), &row.title, MAX_ROW);
                self.optional(
                    &format!("{at}.description"),
                    row.description.as_ref(),
                    MAX_DESCRIPTION,
                );
            }
        }
    }

    fn around(&mut self, header: Option<&Header>, body: &Words, footer: Option<&Words>, most: usize) {
        self.words("interactive.body.text", &body.text, most);
        if let Some(footer) = footer {
            self.words("interactive.footer.text", &footer.text, MAX_FOOTER);
        }
        match header {
            None => {}
            Some(Header::Text { text }) => self.line("interactive.header.text", text, MAX_HEADER),
            Some(Header::Image { image }) => self.file("interactive.header.image", image, false, false),
            Some(Header::Video { video }) => self.file("interactive.header.video", video, false, false),
            Some(Header::Document { document }) => {
                self.file("interactive.header.document", document, false, true);
            }
        }
    }
}

#[cfg(test)]
mod tests;
