//! Secrets of channels: sealed with the master key, told apart by kind, and what Meta last said about the access token.

pub(crate) mod master_key;
pub(crate) mod seal;
pub(crate) mod secrets;
pub(crate) mod token_state;
