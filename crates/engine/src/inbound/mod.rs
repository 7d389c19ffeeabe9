//! The inbound pipe, from Meta's webhook to the session:
//!
//! | file | what it does |
//! |---|---|
//! | `webhook`, `webhook_cache` | finds the channel of the address, verifies the signature |
//! | `intake`, `journal` | stores deliveries, many in one commit, before Meta is told 200 |
//! | `lease` | says which of several engines applies what is stored |
//! | `worker` | takes stored deliveries and has each applied exactly once: `together`, else `one_by_one` |
//! | `apply`, `contacts` | the effects of one item on contacts, sessions and messages |
//! | `batch` | the rows that the deliveries of one transaction read and write |
//! | `dead_letters` | items that could not be applied |

pub mod dead_letters;
pub mod webhook;

pub(crate) mod intake;
pub(crate) mod journal;
pub(crate) mod webhook_cache;
pub(crate) mod worker;

mod apply;
mod batch;
mod contacts;
mod files;
mod identities;
mod lease;
mod one_by_one;
mod reject;
mod statuses;
mod together;
