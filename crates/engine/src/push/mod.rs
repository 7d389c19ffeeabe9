//! Pushes: an operator who has closed the console still hears of what its alerts tell. The text is encrypted for their
//! browser; the browser's push service sees who sends, to which browser, when, and nothing else.
//! <https://www.rfc-editor.org/rfc/rfc8030>
//!
//! | file | what it does |
//! |---|---|
//! | `subscriptions` | the browsers that want pushes, each for as long as it is logged in |
//! | `state` | the HTTP client, and what this process remembers |
//! | `endpoint` | which addresses are called: users name them |
//! | `identity` | the key pair by which push services know this installation |
//! | `sender` | keeps the key pair, and how far the pushes have come |
//! | `encryption` | encrypts a text for one browser |
//! | `listeners` | to whom something may be pushed now |
//! | `news` | what is new since the last look, and for whom |
//! | `queue` | the pushes that wait |
//! | `call` | one call to a push service |
//! | `text` | the words of a notification |
//! | `worker` | looks for news, and pushes it |
//!
//! Nothing depends on a push: one that cannot be made is lost, and everything is in the inbox.

pub(crate) mod state;
pub(crate) mod worker;

mod call;
mod encryption;
mod endpoint;
mod identity;
mod listeners;
mod news;
mod queue;
mod sender;
mod subscriptions;
mod text;

pub use subscriptions::{public_key, subscribe, unsubscribe};
