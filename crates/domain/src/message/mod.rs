//! Messages: what they say, how far they have come, and how a thread shows them.

pub mod content;
mod failure;
mod form;
mod status;
pub mod thread;
mod view;

pub use failure::{Failure, Meaning};
pub use form::{MAX_KEY, MAX_TEXT, idempotency_key, text};
pub use status::{Status, Waits};
pub use view::{Direction, Edited, Marks, MessageView, SYSTEM, is_by_whatsapp};
