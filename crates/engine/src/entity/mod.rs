//! The tables, one per file, without any logic.

pub mod api_token;
pub mod audit;
pub mod channel;
pub mod channel_finding;
pub mod channel_reservation;
pub mod channel_secret;
pub mod channel_traffic;
pub mod contact;
pub mod contact_identity;
pub mod contact_word;
pub mod cost_settings;
pub mod country_rule;
pub mod dead_letter;
pub mod delivery;
pub mod event;
pub mod extension;
pub mod file;
pub mod file_attempt;
pub mod journal;
pub mod lease;
pub mod master_key;
pub mod message;
pub mod message_cost;
pub mod message_payload;
pub mod message_status;
pub mod outbox;
pub mod queue;
pub mod queue_member;
pub mod session;
pub mod session_moment;
pub mod setup_link;
mod stored;
pub mod user;
pub mod web_session;

pub(crate) use stored::stored;
