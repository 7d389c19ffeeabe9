//! The outbox: a row for every message that has not reached Meta yet, written together with the message.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut outbox = table(
            "outbox",
            [
                key("message_id"),
                id("session_id"),
                id("channel_id"),
                number("attempts"),
                at("due_at"),
                // Set before the call to Meta, cleared with its answer: after a crash it means that Meta may have the
                // message.
                at_null("calling_since"),
            ],
        );
        outbox.foreign_key(&mut refers("message_id", "messages", "id"));
        manager.create_table(outbox).await?;
        manager
            .create_index(index("outbox_due", "outbox", ["due_at"]))
            .await?;
        manager
            .create_index(index("outbox_session", "outbox", ["session_id", "message_id"]))
            .await
    }
}
