//! What the product does: entities, use cases and workers. It knows the database and, through `whatsapp`, Meta; it
//! knows nothing of HTTP servers and pages.
//!
//! Use cases are free functions, one module per noun: `sessions::pick_up(&engine, &actor, id)`.
//!
//! | a customer's message | an operator's answer | connecting a number |
//! |---|---|---|
//! | [`inbound`] → [`sessions`] | [`outbound`] | [`channels`] → [`doctor`] |

pub mod access;
pub mod audit;
pub mod canned_replies;
pub mod channels;
pub mod costs;
pub mod countries;
pub mod credentials;
pub mod directory;
pub mod doctor;
pub mod erasure;
pub mod events;
pub mod files;
pub mod idempotency;
pub mod inbound;
pub mod labels;
pub mod metrics;
pub mod outbound;
pub mod presence;
pub mod push;
pub mod saved;
pub mod search;
pub mod seldom;
pub mod sessions;
pub mod shared_reads;
pub mod templates;
pub mod testing;
pub mod webhooks;

mod clock;
mod config;
mod contacts;
mod data_folder;
mod database;
mod engine;
mod entity;
mod error;
mod live;
mod open;
mod random;
mod reach;
mod receipts;
mod retention;
mod transaction;
mod wakes;
mod web;
mod workers;

pub use clock::Clock;
pub use config::{Bucket, Config, PasswordLogIn, Purpose, PushServices, SingleSignOn};
pub use engine::Engine;
pub use error::{Error, Result};
pub use events::Events;
pub use workers::Workers;
