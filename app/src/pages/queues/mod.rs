//! Message queues: who answers together, and how a member picks up a session.

mod editor;
mod list;

pub use self::{
    editor::{NewQueuePage, QueuePage},
    list::QueuesPage,
};
