//! Omnichannel › Canned replies.

mod editor;
mod list;

pub use self::{
    editor::{CannedReplyPage, NewCannedReplyPage},
    list::CannedRepliesPage,
};
