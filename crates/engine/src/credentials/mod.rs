//! Secrets of channels: sealed with the master key, told apart by kind, and what Meta last said about the access token.
//! How the master key is found, and changed.

pub(crate) mod key_source;
pub(crate) mod keys;
pub(crate) mod master_key;
pub mod rotate;
pub(crate) mod seal;
pub(crate) mod secrets;
pub(crate) mod token_state;
