//! Communication channels: the list, and the editor with its tabs.

mod editor;
mod findings;
mod list;

pub use self::{
    editor::{ActivityTab, AuthenticationTab, ChannelPage, DeleteTab, HealthTab, MessagingTab, SendingTab},
    list::ChannelsPage,
};
