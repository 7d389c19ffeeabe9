//! The vocabulary and the rules of Switchboard: pure values, no I/O, the same in the process and in the browser.
//!
//! | module | what it holds |
//! |---|---|
//! | [`ids`] | one newtype for each thing that has an id |
//! | [`refs`] | extensions, queues, channels and contacts as references in other views |
//! | [`time`] | [`Timestamp`](time::Timestamp) and the service window |
//! | [`language`] | the languages of the console |
//! | [`form`] | the checks of form input, and the problems that a field can have |
//! | [`refusal`] | every reason why a request is refused |
//! | [`page`] | one page of a list |
//! | [`phone`] | E.164 phone numbers |
//! | [`display_name`] | a customer's name, made safe to show |
//! | [`search`] | how customers are found by name and number |
//! | [`access`] | users, roles, permissions, API scopes, actors |
//! | [`directory`] | extensions and message queues |
//! | [`pick_up_mode`] | how a session leaves a queue for one operator |
//! | [`channel`] | channel forms and their checks, facts, the badge |
//! | [`contact_block`] | a customer whom the company has blocked |
//! | [`contact_merge`] | contacts that the company has merged |
//! | [`contact_name`] | the company's own name of a customer |
//! | [`contact_note`] | what a company notes about a customer |
//! | [`presence`] | which operators are there for new sessions |
//! | [`session`] | session states, their routing, who may act on a session, its timeline |
//! | [`message`] | messages, their content, delivery statuses and their order, the thread |
//! | [`file`] | files of messages: where their bytes are, their names |
//! | [`vcard`] | contact cards as files |
//! | `web_address` | addresses in their parts, parsed by the browser itself where it can |
//! | [`dead_letter`] | items from Meta that could not be applied |
//! | [`countries`] | the allowed countries of each door |
//! | [`template`] | message templates: what they consist of, and how they are filled in |
//! | [`cost`] | what messages cost: rates, months, the budget |
//! | [`doctor`] | the diagnosis of a channel: from evidence to findings |
//! | [`erasure`] | deleting what customers wrote |
//! | [`event`], [`position`] | what the process pushes to browsers, and its order |
//! | [`alert`] | what calls for a user who looks elsewhere |
//! | [`push`] | a browser's subscription to pushes |
//! | [`webhook`] | addresses of other programs to which events are sent |
//! | [`follow`] | a thread that takes in what events bring |
//! | `openapi` | what the descriptions of types for the API have in common; only with the feature of this name |

pub mod access;
pub mod alert;
pub mod canned_reply;
pub mod channel;
pub mod contact_block;
pub mod contact_merge;
pub mod contact_name;
pub mod contact_note;
pub mod cost;
pub mod countries;
pub mod dead_letter;
pub mod directory;
pub mod display_name;
pub mod doctor;
pub mod draft;
pub mod erasure;
pub mod event;
pub mod file;
pub mod follow;
pub mod form;
pub mod ids;
pub mod label;
pub mod language;
pub mod mask;
pub mod message;
pub mod nfc;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod page;
pub mod phone;
pub mod pick_up_mode;
pub mod position;
pub mod presence;
pub mod push;
pub mod refs;
pub mod refusal;
pub mod search;
pub mod session;
pub mod sign_on;
pub mod template;
pub mod time;
pub mod vcard;
mod web_address;
pub mod webhook;
