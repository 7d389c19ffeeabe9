//! The tables, one a file. Nothing here decides anything.

pub mod api_token;
pub mod audit;
pub mod channel;
pub mod channel_finding;
pub mod channel_reservation;
pub mod channel_secret;
pub mod channel_traffic;
pub mod contact;
pub mod contact_identity;
pub mod country_rule;
pub mod dead_letter;
pub mod delivery;
pub mod extension;
pub mod journal;
pub mod master_key;
pub mod message;
pub mod message_payload;
pub mod message_status;
pub mod outbox;
pub mod person;
pub mod queue;
pub mod queue_member;
pub mod session;
pub mod session_moment;
pub mod setup_link;
pub mod web_session;
