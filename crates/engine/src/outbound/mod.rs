//! The outbound pipe, from an operator's answer to Meta:
//!
//! | file | what it does |
//! |---|---|
//! | `send` | writes a message together with its outbox row |
//! | `queue`, `memory` | which messages are due, and which call is under way |
//! | `worker` | calls Meta |
//! | `attachment`, `upload` | a message's uploaded file, and how it gets to Meta first |
//! | `pace`, `turn`, `estimate` | says how fast a number and a customer may be sent to |
//! | `verdict` | says for each answer whether to try again, wait or fail |
//! | `record` | writes down what became of a call |

pub mod send;

pub(crate) mod blocked;
pub(crate) mod memory;
pub(crate) mod pace;
pub(crate) mod queue;
pub(crate) mod upload;
pub(crate) mod worker;

mod attachment;
mod estimate;
mod record;
mod turn;
mod verdict;
