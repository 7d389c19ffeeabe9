//! Meta's side of the wire: the Cloud API of the WhatsApp Business Platform, and nothing of Switchboard's.
//!
//! | module        | content                                                                 |
//! |---------------|-------------------------------------------------------------------------|
//! | [`signature`] | who sent a notification: `X-Hub-Signature-256` over its exact bytes     |
//! | [`webhook`]   | a notification's content: messages, statuses, errors, other changes     |
//! | [`graph`]     | how to send a message and read a number, and the outcome of the call    |
//! | [`errors`]    | Meta's error codes and what each requires of the sender                 |
//! | [`ids`]       | `WaId`, `Bsuid` and `Wamid`, which cannot be mixed up                   |
//!
//! Meta's documentation contradicts itself and its payloads change between versions. Everything is therefore read
//! leniently: an unknown or broken part affects only itself, never its neighbours.

pub mod errors;
pub mod graph;
pub mod ids;
mod json;
pub mod signature;
pub mod webhook;

pub use ids::{Bsuid, InvalidId, WaId, Wamid};
