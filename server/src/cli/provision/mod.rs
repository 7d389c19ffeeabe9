//! `switchboard apply` and `switchboard export`: extensions, queues, channels, webhooks and API tokens as one
//! file. All goes through the use cases that the console and the REST API call. A thing takes a transaction or a few, and the
//! next run goes on with what was interrupted.

mod apply;
mod channel;
mod export;
mod extension;
mod file;
mod lines;
mod prune;
mod queue;
mod reference;
mod run;
mod stored;
mod thing;
mod token;
mod webhook;

pub use apply::{Options, apply};
pub use export::export;
