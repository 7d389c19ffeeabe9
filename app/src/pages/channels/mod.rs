//! Communication channels: the list, and the editor with its tabs.

mod activity;
mod answer;
mod authentication;
mod delete;
mod destination;
mod editor;
mod errands;
mod findings;
mod guide;
mod health;
mod history;
mod list;
mod messaging;
mod numbers;
mod secrets;

pub use self::{
    activity::ActivityTab, authentication::AuthenticationTab, delete::DeleteTab, editor::ChannelPage,
    health::HealthTab, list::ChannelsPage, messaging::MessagingTab,
};
