//! The company's extensions and message queues.

mod extension;
mod queue;

pub use extension::{Extension, ExtensionForm, ExtensionRow, LoginAs, extension_number};
pub use queue::{Queue, QueueForm, QueueRow};
