//! One stream for all tabs of a browser: over HTTP/1.1 a browser has six connections to a host, so one stream per tab
//! would leave the seventh tab without any. One tab listens and relays what it hears; the others notice when it falls
//! silent. The steps here are pure: they turn what has happened into what to do next. Time and randomness are inputs,
//! and nothing is called.
//!
//! There is no lock: browsers grant locks only to pages loaded over TLS, and a lock held by a frozen tab is useless.
//! Two tabs may listen for a moment. That is harmless, since events are hints, and the tab that started later gives
//! way.

mod hearing;
mod note;
mod tab;

pub use self::{
    note::{Millis, Note},
    tab::{Act, Tab},
};

#[cfg(test)]
mod tests;
