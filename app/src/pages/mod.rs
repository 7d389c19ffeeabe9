//! One file per screen; the folder follows the URL.

pub mod account;
mod bulk;
pub mod canned_replies;
pub mod channels;
pub mod costs;
pub mod directory;
pub mod extensions;
mod filters;
pub mod home;
mod in_group;
pub mod inbox;
pub mod login;
pub mod not_found;
pub mod password;
pub mod queues;
pub mod reauthenticate;
mod role_choice;
pub mod second_factor;
pub mod security;
pub mod session_labels;
pub mod session_log;
pub mod sessions;
pub mod setup;
pub mod system;
pub mod templates;
mod transfer_fields;
mod url;
pub mod users;

pub use self::{
    account::AccountPage,
    canned_replies::{CannedRepliesPage, CannedReplyPage, NewCannedReplyPage},
    channels::{
        ActivityTab, AuthenticationTab, ChannelPage, ChannelsPage, DeleteTab, HealthTab, MessagingTab,
        SendingTab,
    },
    costs::CostsPage,
    extensions::{ExtensionPage, ExtensionsPage, ImportExtensionsPage, NewExtensionPage},
    home::HomePage,
    inbox::InboxPage,
    login::LoginPage,
    not_found::NotFoundPage,
    password::PasswordPage,
    queues::{NewQueuePage, QueuePage, QueuesPage},
    reauthenticate::ReauthenticatePage,
    second_factor::{LoginCodePage, SecondFactorPage},
    security::{AuditPage, CountriesPage},
    session_labels::{LabelPage, LabelsPage, NewLabelPage},
    session_log::SessionLogPage,
    sessions::SessionsPage,
    setup::SetupPage,
    system::{
        AttemptsTab, DeadLetterPage, DeliveriesPage, MessagePage, NewWebhookPage, TokensPage, UndeliveredTab,
        WebhookPage, WebhookTab, WebhooksPage,
    },
    templates::TemplatesPage,
    users::{NewUserPage, UserPage, UsersPage},
};
