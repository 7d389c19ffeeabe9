//! One file a screen; the folder follows the URL.

pub mod channels;
pub mod directory;
pub mod extensions;
pub mod inbox;
pub mod login;
pub mod not_found;
pub mod queues;
pub mod security;
pub mod sessions;
pub mod setup;
pub mod system;

pub use self::{
    channels::{
        ActivityTab, AuthenticationTab, ChannelPage, ChannelsPage, DeleteTab, HealthTab, MessagingTab,
    },
    extensions::{ExtensionPage, ExtensionsPage, NewExtensionPage},
    inbox::InboxPage,
    login::LoginPage,
    not_found::NotFoundPage,
    queues::{NewQueuePage, QueuePage, QueuesPage},
    security::CountriesPage,
    sessions::SessionsPage,
    setup::SetupPage,
    system::{DeliveriesPage, LetterPage, MessagePage},
};

use crate::api::{ApiError, ApiResult};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// The id in the URL; `None` when it is not the id of anything.
fn id_in_url<T>() -> Memo<Option<T>>
where
    T: FromStr + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()))
}

/// An id that is none is the id of nothing.
fn known<T>(id: Option<T>) -> ApiResult<T> {
    id.ok_or(ApiError::Refused(Refusal::NotFound))
}
