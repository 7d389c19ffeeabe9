//! Meta's side of the wire: the WhatsApp Business Platform's Cloud API, and nothing of ours.
//!
//! | module        | what it knows                                                           |
//! |---------------|-------------------------------------------------------------------------|
//! | [`signature`] | who sent a notification: `X-Hub-Signature-256` over its exact bytes     |
//! | [`webhook`]   | what a notification says: messages, statuses, errors, other changes     |
//! | [`graph`]     | how to send a message and look at a number, and what became of the call |
//! | [`errors`]    | Meta's error codes and what each asks of the sender                     |
//! | [`ids`]       | `WaId`, `Bsuid` and `Wamid`, which cannot be mixed up                   |
//!
//! Meta's documentation contradicts itself and its payloads change between versions, so everything that
//! is read here is read leniently: an unknown or broken part costs that part, never its neighbours.

pub mod errors;
pub mod graph;
pub mod ids;
mod json;
pub mod signature;
pub mod webhook;

pub use ids::{Bsuid, InvalidId, WaId, Wamid};
