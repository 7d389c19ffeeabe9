//! Messages: their content, their delivery status, and how a thread shows them.

mod bubble;
pub mod content;
mod failure;
mod key;
mod outgoing;
#[cfg(feature = "openapi")]
mod outgoing_schema;
mod status;
pub mod thread;
mod typed;
mod view;

pub use bubble::{Advert, BubbleContent, Forwarded, Quote};
pub use content::{CALL, SYSTEM, is_by_whatsapp};
pub use failure::{Failure, Meaning, WINDOW_CLOSED};
pub use key::{MAX_KEY, idempotency_key};
pub use outgoing::{NotSendable, Outgoing};
pub use status::{Status, Waits};
pub use typed::{Typed, TypedContact, TypedField, TypedKind, TypedRow, TypedSection};
pub use view::{Direction, Edited, Marks, MessageView};
