//! Sessions: their states, the routing of new ones, and who may act on them.

mod bulk;
mod filter;
mod list;
mod log;
mod mention;
mod routing;
mod rules;
mod snooze;
mod state;
#[cfg(test)]
mod tests;
mod thread;
mod timeline;
mod transfer;
mod view;

pub use bulk::{Bulk, BulkAction, MAX_AT_ONCE, SeenSession, UNDO_FOR};
pub use filter::{By, Choices, Filter};
pub use list::Part;
pub use log::{LogChoices, LogFilter, LogForm, LogState, Whose};
pub use mention::{Colleague, MOST_MENTIONS, Mention, begun, mentioned};
pub use routing::{Route, Target, route};
pub use rules::{May, QueueAccess, ReplyEffect, SessionAccess};
pub use snooze::{MAX_SNOOZE, snoozed_until};
pub use state::State;
#[cfg(test)]
pub(crate) use thread::tests as threads;
pub use thread::{Above, Blocked, EarlierSession, Stretch, Thread};
pub use timeline::{MAX_NOTE, MAX_NOTES, SessionEvent, SessionEventKind, note};
pub use transfer::{Holder, HolderRow, MAX_REASON, Transfer, TransferForm, reason};
pub use view::{InboxCounts, InboxPage, Preview, SessionRow, Several, Tab};
