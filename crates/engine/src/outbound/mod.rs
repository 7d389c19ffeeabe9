//! The outbound pipe, from the outbox to Meta.

pub(crate) mod worker;

mod verdict;
