//! Sessions: who sees which, how one is opened, picked up, moved and closed. Every query starts from the actor.
//!
//! | file | what it does |
//! |---|---|
//! | `access` | who sees which sessions, and who may go on with one |
//! | `list`, `order`, `stretches`, `walk`, `named`, `rows`, `choices` | the lists of the inbox, their search, filters and counts |
//! | `log` | the session log of supervisors |
//! | `thread`, `messages`, `content`, `unread`, `typing`, `writing`, `drafts` | reading one, and typing in it |
//! | `assignment`, `distribution`, `transfer`, `holders` | who has it |
//! | `told` | what an event is about, as scripts are told |
//! | `bulk` | closing several, and taking that back |
//! | `contact_list` | the company's contacts |
//! | `contact_record` | what is stored of one customer, to be handed out |
//! | `lifecycle`, `idle`, `snooze`, `reminders`, `status`, `timeline`, `note`, `mention`, `contact_name`, `contact_block`, `contact_note`, `contact_merge`, `audience` | what changes write, and who hears of it |

pub mod content;
pub mod messages;
pub mod thread;

pub(crate) mod access;
pub(crate) mod assignment;
pub(crate) mod audience;
pub(crate) mod distribution;
pub(crate) mod idle;
pub(crate) mod lifecycle;
pub(crate) mod reminders;
pub(crate) mod status;
pub(crate) mod timeline;

mod bulk;
mod choices;
pub(crate) mod contact_block;
mod contact_list;
pub(crate) mod contact_merge;
mod contact_name;
pub(crate) mod contact_note;
mod contact_record;
mod drafts;
mod holders;
mod list;
mod log;
mod mention;
pub(crate) mod named;
mod note;
mod order;
pub(crate) mod rows;
mod snooze;
mod stretches;
mod told;
mod transfer;
mod typing;
mod unread;
mod walk;
mod writing;

#[cfg(test)]
mod plans;

pub use assignment::pick_up;
pub use bulk::{close_all, undo_close};
pub use choices::choices;
pub use contact_block::{contact_block, set_contact_block};
pub use contact_list::{contact, contacts};
pub use contact_merge::{contacts_to_merge, merge_contacts, merged_contacts, separate_contacts};
pub use contact_name::set_contact_name;
pub use contact_note::{contact_note, set_contact_note};
pub use contact_record::contact_record;
pub use drafts::{drafts, keep_draft};
pub use holders::{held_by, holders};
pub use lifecycle::{close, open_again};
pub use list::{counts, inbox, list, row, several};
pub use log::{log, log_choices};
pub use mention::{colleagues, mentions, mentions_seen};
pub use note::{note, notes};
pub use snooze::{snooze, wake};
pub use timeline::timeline;
pub use told::{Told, told};
pub use transfer::{take_over, targets, transfer, transfer_all, undo_transfer};
pub use typing::typing;
pub use unread::{mark_all_read, mark_read, mark_unread};
pub use writing::writing;

pub(crate) use transfer::release;
pub(crate) use unread::tell_read;
