//! The doctor of a channel: it gathers what our records and Meta tell, lets `domain::doctor` find out what is wrong,
//! and keeps the findings with their time. It never takes longer than ten seconds.
//!
//! | file | what it does |
//! |---|---|
//! | `schedule`, `worker` | when a channel is examined |
//! | `examine` | gathers the evidence, keeps the findings |
//! | `records` | our side of the evidence |
//! | `probes`, `reach` | Meta's side, and our own public address |
//! | `findings` | what was found last |
//! | `connection`, `outdate` | forget what a handshake or another change has outdated |
//! | `badge` | writes down each change of a badge |
//! | `meta_actions` | what an admin would otherwise click in Meta |

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
