//! Message templates: the only messages that open a conversation whose service window is closed. Meta keeps and approves
//! them; here is a copy, by messaging account and template.
//!
//! | file | what it does |
//! |---|---|
//! | `worker` | asks Meta where an account is due: hourly, and soon after a webhook |
//! | `sync` | asks Meta for all templates of an account, and stores them |
//! | `webhook` | what Meta tells by itself |
//! | `list` | the templates of channels, and those that an operator may choose from |
//! | `rows` | whose templates are kept, and how they are shown |
//! | `sending` | whether a template may be sent, and what the customer reads |

mod list;
mod rows;
mod sync;

pub(crate) mod sending;
pub(crate) mod webhook;
pub(crate) mod worker;

pub use list::{accounts, choices, filled, of_channel, those};
pub(crate) use rows::forget;
pub use sync::refresh;
