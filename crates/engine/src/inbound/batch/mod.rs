//! What a batch of deliveries knows and changes.
//!
//! All that the batch may need is read first, with one query per table; the rules (`apply`, `contacts`, `statuses`)
//! change it in memory, one item after the other; at the end each table is written with one statement. So a transaction
//! costs hardly more for a thousand messages than for one, and the rules never wait.

mod additions;
mod merge;
mod rare;
mod read;
mod rows;
mod state;
mod targets;
mod wanted;
mod write;

pub(crate) use state::Batch;
