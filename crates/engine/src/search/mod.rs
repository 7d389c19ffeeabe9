//! The search for messages and notes by their text. `domain::search::texts` says under which words a text is found.
//!
//! A text is indexed in the transaction that stores it, so what is shown can be found.

pub(crate) mod backfill;
mod find;
pub(crate) mod index;
#[cfg(test)]
mod tests;

pub use find::find;
