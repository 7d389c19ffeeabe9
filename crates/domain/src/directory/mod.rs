//! The company's extensions and message queues.

mod extension;
mod import;
mod queue;

pub use extension::{Extension, ExtensionForm, ExtensionRow, LoginAs, extension_number};
pub use import::{
    COLUMNS, ImportForm, ImportedExtension, MAX_IMPORT, MAX_IMPORTED, imported_field, imported_place,
};
pub use queue::{Queue, QueueForm, QueueRow};
