//! Message queues: who answers together, and how one of them takes a session.

mod editor;
mod list;

pub use self::{
    editor::{NewQueuePage, QueuePage},
    list::QueuesPage,
};
