//! The outbound pipe, from an operator's answer to Meta:
//!
//! | file | what it does |
//! |---|---|
//! | `send` | writes a message together with its outbox row |
//! | `queue`, `memory` | which messages are due, and which call is under way |
//! | `worker` | claims what is due, has Meta called, and writes the outcomes down, many in one transaction |
//! | `claim`, `call` | a message's claim, and its call |
//! | `attachment`, `upload`, `other_way` | a message's uploaded file, how it gets to Meta first, and what is tried when that fails |
//! | `pace`, `turn`, `estimate` | says how fast a number and a customer may be sent to |
//! | `verdict` | says for each answer whether to try again, wait or fail |
//! | `record` | writes down what became of a call |

pub mod send;

pub(crate) mod blocked;
pub(crate) mod memory;
pub(crate) mod other_way;
pub(crate) mod pace;
pub(crate) mod queue;
pub(crate) mod upload;
pub(crate) mod verdict;
pub(crate) mod worker;

mod attachment;
mod call;
mod claim;
mod estimate;
mod record;
mod turn;
