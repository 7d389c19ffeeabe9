//! What a use case needs of whoever asks for it.

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read channels, queues, extensions; see and answer one's own sessions.
    Answer,
    /// See and act on everybody's sessions.
    Supervise,
    /// Change channels, people, extensions, queues; see deliveries.
    Administer,
}
