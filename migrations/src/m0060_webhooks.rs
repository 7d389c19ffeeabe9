//! Webhooks, the events that they get, and what they answered.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhooks = table(
            "webhooks",
            [
                key("id"),
                words("name"),
                words("address"),
                words("wanted"),
                number("version"),
                words("key_id"),
                bytes("sealed"),
                ColumnDef::new("former_sealed").blob().null().take(),
                at_null("former_until"),
                number("after"),
                at("created_at"),
                at_null("off_since"),
                words_null("off_why"),
                at_null("failing_since"),
                at_null("held_until"),
                number_null("giving_up_to"),
            ],
        );
        manager.create_table(webhooks).await?;
        let progress = table(
            "webhook_progress",
            [number("id").primary_key().take(), number("told"), number("place")],
        );
        manager.create_table(progress).await?;
        events(manager).await?;
        calls(manager).await?;
        attempts(manager).await
    }
}

/// The bodies as they are signed: an event's own row lives shorter than a webhook may be away.
async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let events = table(
        "webhook_events",
        [
            key("id"),
            words("name"),
            words("kind"),
            at("at"),
            id_null("session_id"),
            id_null("channel_id"),
            id_null("queue_id"),
            bytes("body"),
        ],
    );
    manager.create_table(events).await?;
    manager
        .create_index(index("webhook_events_at", "webhook_events", ["at"]))
        .await?;
    let (name, condition) = ("webhook_events_session", "session_id IS NOT NULL");
    partial_index(manager, false, name, "webhook_events", "session_id", condition).await
}

async fn calls(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let calls = table(
        "webhook_calls",
        [
            key("id"),
            id("webhook_id"),
            id("event_id"),
            id_null("session_id"),
            number("place"),
            number("attempts"),
            at_null("due_at"),
            id_null("claimed_by"),
            at_null("dead_at"),
        ],
    )
    .foreign_key(&mut of("webhook_id", "webhooks"))
    .foreign_key(&mut of("event_id", "webhook_events"))
    .take();
    manager.create_table(calls).await?;
    let once = unique("webhook_calls_event", "webhook_calls", ["event_id", "webhook_id"]);
    manager.create_index(once).await?;
    let newest = index("webhook_calls_newest", "webhook_calls", ["webhook_id", "id"]);
    manager.create_index(newest).await?;
    let table = "webhook_calls";
    for (name, columns, condition) in [
        (
            "webhook_calls_due",
            "webhook_id, due_at, place",
            "due_at IS NOT NULL",
        ),
        (
            "webhook_calls_head",
            "webhook_id, session_id",
            "due_at IS NOT NULL",
        ),
        (
            "webhook_calls_lane",
            "webhook_id, session_id, place",
            "dead_at IS NULL",
        ),
        ("webhook_calls_dead", "webhook_id, id", "dead_at IS NOT NULL"),
    ] {
        partial_index(manager, false, name, table, columns, condition).await?;
    }
    Ok(())
}

async fn attempts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let attempts = table(
        "webhook_attempts",
        [
            key("id"),
            id("webhook_id"),
            id("event_id"),
            at("at"),
            number("milliseconds"),
            number_null("status"),
            words_null("failure"),
            words("excerpt"),
        ],
    )
    .foreign_key(&mut of("webhook_id", "webhooks"))
    .foreign_key(&mut of("event_id", "webhook_events"))
    .take();
    manager.create_table(attempts).await?;
    let newest = index(
        "webhook_attempts_newest",
        "webhook_attempts",
        ["webhook_id", "id"],
    );
    manager.create_index(newest).await?;
    // The attempts of one event at one webhook, in their order.
    let of_event = index(
        "webhook_attempts_event",
        "webhook_attempts",
        ["event_id", "webhook_id", "id"],
    );
    manager.create_index(of_event).await
}

/// What belongs to the row goes with it.
fn of(column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    refers(column, to, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}
