//! Omnichannel › Labels.

mod editor;
mod list;

pub use self::{
    editor::{LabelPage, NewLabelPage},
    list::LabelsPage,
};
