//! What listening pages are told: new events in their order, with the rows and the counts of inboxes, each built once.
//!
//! | file | what it does |
//! |---|---|
//! | `dispatcher` | reads new events and publishes them |
//! | `rows` | the rows of changed sessions, and who sees them |
//! | `messages` | changed messages |
//! | `tally` | keeps the counts |

pub(crate) mod dispatcher;

mod messages;
mod rows;
mod tally;
