//! Addresses of other programs to which events are sent.

pub mod body;
