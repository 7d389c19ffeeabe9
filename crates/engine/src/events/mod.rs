//! Events: what changed, numbered in the order of the commits, for those who may see it.
//!
//! | file | what it does |
//! |---|---|
//! | `audience` | says who may hear of a change |
//! | `log` | keeps the events of a day as rows |
//! | `dispatcher` | reads new rows and hands them to all listeners |
//! | `stream` | the listeners of this process |
//! | `follow` | tells a listener that comes back what it missed |
//!
//! A [`Transaction`](crate::transaction::Transaction) writes the rows; nothing else does.

pub(crate) mod dispatcher;
pub(crate) mod log;

mod audience;
mod follow;
mod stream;

pub use follow::follow;
pub use stream::{Events, Subscription};

pub(crate) use audience::Audience;
