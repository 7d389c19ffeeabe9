//! Extensions: numbers on the PBX, and who logs in as them.

mod editor;

pub use self::editor::{ExtensionPage, ExtensionsPage, NewExtensionPage};
