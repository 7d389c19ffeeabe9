//! What messages cost. Delivered messages are counted as their statuses come in, by month, channel, country, category
//! and whether they are billable: a page adds up a few small rows and reads no messages. The rates turn the counts into
//! money only when they are read, so new rates apply to a month that has begun.
//!
//! | file | what it does |
//! |---|---|
//! | `ledger` | counts the messages of a batch, each once |
//! | `months` | the costs of a month, and whether its budget is spent |
//! | `settings` | the rates and the budget |

mod ledger;
mod months;
mod settings;

pub use months::{month, month_of};
pub use settings::{save_budget, save_rates, settings};

pub(crate) use ledger::Ledger;
pub(crate) use months::may_send_template;
pub(crate) use settings::begin;
