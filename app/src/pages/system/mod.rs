//! System: what came from Meta and could not be applied, a message as it came, API tokens, and webhooks.

mod deliveries;
mod message;
mod tokens;
mod webhooks;

pub use self::{
    deliveries::{DeadLetterPage, DeliveriesPage},
    message::MessagePage,
    tokens::TokensPage,
    webhooks::{AttemptsTab, NewWebhookPage, UndeliveredTab, WebhookPage, WebhookTab, WebhooksPage},
};
