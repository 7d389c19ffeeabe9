//! Communication channels: the list, and the editor with its tabs.

mod authentication;
mod editor;
mod guide;
mod health;
mod list;
mod messaging;

pub use self::{
    authentication::AuthenticationTab, editor::ChannelPage, health::HealthTab, list::ChannelsPage,
    messaging::MessagingTab,
};
