//! Extensions: numbers on the PBX, and who logs in as them.

mod editor;
mod list;

pub use self::{
    editor::{ExtensionPage, NewExtensionPage},
    list::ExtensionsPage,
};
