//! Where a new session goes.

use crate::{
    channel::Destination,
    ids::{ExtensionId, QueueId},
};

/// A destination of a channel, as the routing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub destination: Destination,
    pub disabled: bool,
}

/// Where a new session goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Owner(ExtensionId),
    Queue(QueueId),
    /// Nothing that the channel names takes sessions: supervisors see it among the waiting.
    Nobody,
}

/// Routes a new session to the first target that takes it: the destination, then the fallback.
pub fn route(targets: impl IntoIterator<Item = Target>) -> Route {
    match targets.into_iter().find(|target| !target.disabled) {
        Some(Target {
            destination: Destination::Extension(id),
            ..
        }) => Route::Owner(id),
        Some(Target {
            destination: Destination::Queue(id),
            ..
        }) => Route::Queue(id),
        None => Route::Nobody,
    }
}
