//! The company's extensions and message queues.

pub mod queue;
