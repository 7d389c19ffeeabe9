//! The PBX's directory: extensions with their log-ins, and message queues with their members.

pub mod extensions;
pub mod import;
pub mod queues;

pub(crate) mod attended;
pub(crate) mod destination;
pub(crate) mod logins;

mod table;
