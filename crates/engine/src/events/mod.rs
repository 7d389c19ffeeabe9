//! Events: what changed, numbered in the order of the commits, for those who may see it.
//!
//! | file | what it does |
//! |---|---|
//! | `audience` | says who may hear of a change |
//! | `deeds` | what was done, as scripts are told |
//! | `log` | keeps the events of a day as rows |
//! | `stream` | the listeners of this process, and what each is told |
//! | `counts` | the numbers on the tabs of each listener |
//! | `follow` | tells a listener that comes back what it missed |
//! | `feed` | tells scripts what was done, page by page |
//!
//! A [`Transaction`](crate::transaction::Transaction) writes the rows; nothing else does. The room `live` reads them
//! and publishes them with what inboxes show.

pub(crate) mod counts;
pub(crate) mod deeds;
pub(crate) mod log;
pub(crate) mod stream;

pub mod feed;

mod audience;
mod follow;

pub use deeds::Deed;
pub use follow::follow;
pub use stream::{Events, Subscription, Told};

pub(crate) use audience::Audience;
