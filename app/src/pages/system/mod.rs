//! System: what came from Meta and could not be applied, and a message as it came.

mod deliveries;
mod message;
mod tokens;

pub use self::{
    deliveries::{DeadLetterPage, DeliveriesPage},
    message::MessagePage,
    tokens::TokensPage,
};
