//! Items that could not be applied: kept as they came, with the reason, and shown to administrators, who have them
//! applied again or delete them.

mod filter;
mod list;
mod replay;

pub use list::{channels, count, count_by_reason, delete, list, open, waiting};
pub use replay::{replay, replay_all};
