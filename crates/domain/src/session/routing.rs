//! Where a new session goes.

use crate::{
    channel::Destination,
    ids::{ExtensionId, QueueId},
};

/// A channel's destination, as the routing needs it.
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
    /// None of the channel's destinations takes sessions: supervisors see it among the waiting sessions.
    Nobody,
}

/// Routes a new session to the first target that takes sessions: the destination, then the fallback.
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
