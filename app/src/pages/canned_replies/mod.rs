//! Omnichannel › Canned replies.

mod editor;
mod files;
mod list;

pub use self::{
    editor::{CannedReplyPage, NewCannedReplyPage},
    list::CannedRepliesPage,
};
