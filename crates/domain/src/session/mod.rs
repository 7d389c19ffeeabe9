//! Sessions: their states, how a new one is routed, and who may go on with one.

mod routing;
mod rules;
mod state;
#[cfg(test)]
mod tests;
mod thread;
mod timeline;
mod transfer;
mod view;

pub use routing::{Route, Target, route};
pub use rules::{May, QueueStanding, ReplyEffect, Standing};
pub use state::State;
pub use thread::{Above, Blocked, EarlierSession, Stretch, Thread};
pub use timeline::{Happening, Moment};
pub use transfer::{Holder, HolderRow, MOVED_MOST, Moved, REASON_MOST, Transfer, TransferForm};
pub use view::{InboxCounts, InboxPage, Preview, SessionRow, Several, Tab};
