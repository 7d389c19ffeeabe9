//! The words and the rules of Switchboard: pure values, no I/O, the same in the process and in the browser.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ids`] | one newtype for each thing that has an id |
//! | [`refs`] | extensions, queues, channels and contacts as other things show them |
//! | [`time`] | [`Timestamp`](time::Timestamp) and the service window |
//! | [`language`] | the languages of the console |
//! | [`form`] | the checks of what is typed, and what can be wrong with a field |
//! | [`refusal`] | every reason for which a request is refused |
//! | [`page`] | one page of a list |
//! | [`phone`] | E.164 phone numbers |
//! | [`display_name`] | a customer's name as it may be shown |
//! | [`search`] | how customers are found by name and number |
//! | [`access`] | users, roles, permissions, API scopes, who acts |
//! | [`directory`] | extensions and message queues |
//! | [`pick_up_mode`] | how a session leaves a queue for one operator |
//! | [`channel`] | channel forms and their checks, facts, the badge |
//! | [`session`] | session states, their routing, who may do what with one, its timeline |
//! | [`message`] | messages, what they say, delivery statuses and their order, the thread |
//! | [`vcard`] | contact cards as files |
//! | [`dead_letter`] | what came from Meta and could not be applied |
//! | [`countries`] | who may come in from where: the allowed countries of each door |
//! | [`doctor`] | from what was seen of a channel to what is wrong with it |
//! | [`event`] | hints that the process pushes to browsers |

pub mod access;
pub mod channel;
pub mod countries;
pub mod dead_letter;
pub mod directory;
pub mod display_name;
pub mod doctor;
pub mod event;
pub mod form;
pub mod ids;
pub mod language;
pub mod message;
pub mod page;
pub mod phone;
pub mod pick_up_mode;
pub mod refs;
pub mod refusal;
pub mod search;
pub mod session;
pub mod time;
pub mod vcard;
