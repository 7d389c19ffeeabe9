//! Events: what changed, numbered in the order of the commits, for those who may see it.
//!
//! | file | what it does |
//! |---|---|
//! | `audience` | says who may hear of a change |
//! | `log` | keeps the events of a day as rows |
//! | `dispatcher` | reads new rows and hands them to all who listen |
//! | `stream` | one listener, also one that comes back |
//!
//! A [`Transaction`](crate::transaction::Transaction) writes the rows; nothing else does.

mod audience;
pub(crate) mod dispatcher;
pub(crate) mod log;
mod stream;

pub use stream::{Events, Subscription, follow};

pub(crate) use audience::Audience;
