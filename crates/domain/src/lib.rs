//! The words and the rules of Switchboard: pure values, no I/O, the same in the process and in the browser.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ids`] | one newtype for each thing that has an id |
//! | [`time`] | [`Timestamp`](time::Timestamp) and the two clocks of a session |
//! | [`phone`] | E.164 phone numbers |
//! | [`name`] | a customer's name as it may be shown |
//! | [`search`] | how customers are found by name and number |
//! | [`people`] | roles, permissions, who acts, log-in and extension forms |
//! | [`queue`] | message queues and pick-up modes |
//! | [`channel`] | channel forms and their checks, facts, the badge |
//! | [`session`] | session states and who may do what with one |
//! | [`message`] | messages, delivery statuses and their order |
//! | [`said`] | what a customer's message says beside its text |
//! | [`vcard`] | contact cards as files |
//! | [`thread`] | reactions, edits and deletions beside what they are about |
//! | [`delivery`] | what came from Meta and could not be applied |
//! | [`countries`] | who may come in from where: the allowed countries of each door |
//! | [`doctor`] | from what was seen of a channel to what is wrong with it |
//! | [`event`] | hints that the process pushes to browsers |
//! | [`refusal`] | every reason for which a person's request is refused |
//! | [`page`] | one page of a list |

pub mod access;
pub mod channel;
pub mod countries;
pub mod dead_letter;
pub mod directory;
pub mod doctor;
pub mod event;
pub mod ids;
pub mod message;
pub mod name;
pub mod page;
pub mod phone;
pub mod refusal;
pub mod search;
pub mod session;
pub mod time;
pub mod vcard;
