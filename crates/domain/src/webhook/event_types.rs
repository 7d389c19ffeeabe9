//! The types of events that a webhook may want. A type that was told once keeps its name.

/// In the order in which they are documented and offered.
pub const EVENT_TYPES: &[&str] = &[
    "session.opened",
    "session.routed",
    "session.picked_up",
    "session.transferred",
    "session.closed",
    "session.reopened",
    "session.joined",
    "session.snoozed",
    "session.woken",
    "session.labelled",
    "note.written",
    "message.received",
    "message.sent",
    "message.status_changed",
    "message.failed",
    "contact.changed",
    "contact.deleted",
    "contact.blocked",
    "contact.unblocked",
    "channel.changed",
    "channel.deleted",
    "template.changed",
    "extension.availability_changed",
    "webhook.switched_off",
];

/// The type of a test. No event has it.
pub const TEST_TYPE: &str = "webhook.test";
