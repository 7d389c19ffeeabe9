//! The content of a message, inbound or outbound: one type for the thread, the outbox, a retry and the API.
//!
//! Kinds and fields are spelt as Meta spells them, so that the same JSON is the body of `POST …/messages`, the row in
//! `message_payloads` and the call to Meta ([`Outgoing`](super::Outgoing)). Some kinds are inbound only; a template is
//! outbound only. An inbound message also stores its own JSON, for the fields that no kind has.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages>

pub(super) mod check;
mod contact;
mod interactive;
mod kinds;
mod location;
#[cfg(feature = "openapi")]
pub(super) mod openapi;
mod parts;
mod place_link;
mod template;

pub use check::{
    MAX_BODY, MAX_BUTTONS, MAX_CAPTION, MAX_COUPON, MAX_HEADER, MAX_ROWS, MAX_TEXT, MAX_URL, is_one_line,
};
pub use contact::{Address, Contact, ContactName, Email, Fact, FactKind, Organization, Phone, Url};
pub use interactive::{
    Action, AskLocation, Button, Chosen, CtaUrl, Form, Header, Interactive, Link, List, LocationRequest,
    Reply, ReplyButton, Row, Section, Sections, Words,
};
pub use kinds::{CALL, Content, Edit, SYSTEM, is_by_whatsapp};
pub use location::{Degrees, Location};
#[cfg(feature = "openapi")]
pub use openapi::ContentFields;
pub use parts::{Answer, Call, Media, Order, OrderLine, Reaction, Revoke, System, Tapped, Text};
pub use template::{Component, Parameter, Template, TemplateLanguage, TemplateText};
