//! Extensions: numbers on the PBX, and who logs in as them.

mod editor;
mod import;
mod list;

pub use self::{
    editor::{ExtensionPage, NewExtensionPage},
    import::ImportExtensionsPage,
    list::ExtensionsPage,
};
