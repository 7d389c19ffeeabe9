//! The element ids by which one part of the inbox finds another.

use domain::ids::{LineId, MessageId};

/// The prefix of each row's id.
pub const ROW_ID: &str = "row-";
/// The prefix of the id of each message and note that a search has found.
pub const HIT_ID: &str = "hit-";
/// The id of the search box.
pub const SEARCH_ID: &str = "inbox-search";
/// The link to more rows.
pub const MORE_ID: &str = "inbox-more";
/// The link to more of what a search has found.
pub const MORE_HITS_ID: &str = "hits-more";
/// The link from the thread to the list, where the thread has the whole width.
pub const BACK_ID: &str = "thread-back";
pub const PICK_UP_ID: &str = "thread-pick-up";
pub const CLOSE_ID: &str = "thread-close";
pub const TRANSFER_ID: &str = "thread-transfer";
pub const SNOOZE_ID: &str = "thread-snooze";
pub const UNREAD_BUTTON_ID: &str = "thread-unread";
pub const REPLY_ID: &str = "composer-text";
pub const NOTE_ID: &str = "composer-note";
pub const REPLY_TAB_ID: &str = "write-reply";
pub const NOTE_TAB_ID: &str = "write-note";
/// The button in the thread's header that shows and hides the details.
pub const DETAILS_SWITCH_ID: &str = "details-switch";
pub const UNREAD_ID: &str = "unread-line";

/// The element of a message, to jump to.
pub fn of_message(id: MessageId) -> String {
    format!("m-{id}")
}

/// The element of a note, to jump to.
pub fn of_note(id: LineId) -> String {
    format!("n-{id}")
}

/// The message whose element has this id.
pub fn message_of(anchor: &str) -> Option<MessageId> {
    anchor.strip_prefix("m-")?.parse().ok()
}
