//! The doctor of a channel: it gathers evidence from the database's records and from Meta, lets `domain::doctor` find
//! out what is wrong, and stores the findings with their time. It never takes longer than ten seconds.
//!
//! | file | what it does |
//! |---|---|
//! | `schedule`, `worker` | when a channel is examined |
//! | `examine` | gathers the evidence, stores the findings |
//! | `records` | the evidence from the database |
//! | `probes`, `reach` | the evidence from Meta, and from the server's public address |
//! | `findings` | the latest findings |
//! | `connection`, `outdate` | discard what a handshake or another change has outdated |
//! | `badge` | records each change of a badge |
//! | `meta_actions` | steps that an administrator would otherwise take in Meta's portal |

pub(crate) mod badge;
pub(crate) mod connection;
mod examine;
mod findings;
mod meta_actions;
mod outdate;
mod probes;
mod reach;
mod records;
pub(crate) mod schedule;
pub(crate) mod worker;

pub use examine::{examine, latest};
pub use meta_actions::{fetch_numbers, register, set_callback, subscribe_waba};

pub(crate) use examine::{look, outdate_all, soon};
pub(crate) use reach::client;
