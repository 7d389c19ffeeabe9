//! One stream for all tabs of a browser: over HTTP/1.1 a browser has six connections to a host, so a stream a tab would
//! leave the seventh tab without any. One tab listens and relays what it hears; the others notice when it falls silent.
//! These are pure steps from what happened to what is to be done: time and chance come in, nothing is called.
//!
//! There is no lock: browsers give locks only to pages that came over TLS, and one that a frozen tab holds helps nobody.
//! Two tabs may listen for a moment. That is harmless, since events are hints, and the one that began later gives way.

mod hearing;
mod note;
mod tab;

pub use self::{
    note::{Millis, Note},
    tab::{Act, Tab},
};

#[cfg(test)]
mod tests;
