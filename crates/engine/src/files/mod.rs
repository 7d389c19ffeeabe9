//! Files of messages and of canned replies: the store of their bytes, uploads by users and scripts, fetching from Meta,
//! and how long files are kept.
//!
//! | a customer's file | a user's file |
//! |---|---|
//! | its row comes with the message → [`fetch`] | [`upload`] or [`copy`] → the message → `outbound::upload`, or a [`link`] |

mod bucket;
pub(crate) mod busy;
pub(crate) mod claims;
pub(crate) mod copy;
pub(crate) mod fetch;
pub(crate) mod keep;
pub(crate) mod link;
mod look;
mod read;
mod space;
pub(crate) mod store;
pub(crate) mod transfers;
pub mod upload;

pub use link::{Linked, PROBE, PROBE_TYPE, of_link};
pub use read::{OpenFile, of_message};
pub use store::Bytes;
