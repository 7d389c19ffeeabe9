//! Contacts, sessions, messages and their delivery statuses.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "contacts",
                [
                    key("id"),
                    words_null("name"),
                    words_null("username"),
                    words_null("wa_id"),
                    words_null("bsuid"),
                    at("created_at"),
                ],
            ))
            .await?;
        let mut identities = table(
            "contact_identities",
            [words("kind"), words("value"), id("contact_id")],
        );
        identities
            .primary_key(Index::create().col("kind").col("value"))
            .foreign_key(&mut refers("contact_id", "contacts", "id"));
        manager.create_table(identities).await?;

        let mut sessions = table(
            "sessions",
            [
                key("id"),
                id("channel_id"),
                id("contact_id"),
                words("state"),
                id_null("queue_id"),
                id_null("extension_id"),
                number("unread"),
                id_null("last_message_id"),
                at("last_message_at"),
                at_null("last_inbound_at"),
                at("opened_at"),
                at_null("closed_at"),
            ],
        );
        sessions
            .foreign_key(&mut refers("channel_id", "channels", "id"))
            .foreign_key(&mut refers("contact_id", "contacts", "id"))
            .foreign_key(&mut refers("queue_id", "queues", "id"))
            .foreign_key(&mut refers("extension_id", "extensions", "id"));
        manager.create_table(sessions).await?;
        partial_index(
            manager,
            true,
            "sessions_one_open",
            "sessions",
            "contact_id, channel_id",
            "state <> 'closed'",
        )
        .await?;
        partial_index(
            manager,
            false,
            "sessions_open_by_owner",
            "sessions",
            "extension_id, last_message_at, id",
            "state <> 'closed'",
        )
        .await?;
        partial_index(
            manager,
            false,
            "sessions_waiting",
            "sessions",
            "queue_id, last_message_at, id",
            "state = 'waiting'",
        )
        .await?;
        manager
            .create_index(index("sessions_by_time", "sessions", ["last_message_at", "id"]))
            .await?;

        let mut moments = table(
            "session_moments",
            [
                key("id"),
                id("session_id"),
                at("at"),
                words("what"),
                words_null("who"),
            ],
        );
        moments.foreign_key(&mut refers("session_id", "sessions", "id"));
        manager.create_table(moments).await?;
        manager
            .create_index(index(
                "session_moments_session",
                "session_moments",
                ["session_id", "id"],
            ))
            .await?;

        let mut messages = table(
            "messages",
            [
                key("id"),
                id("session_id"),
                words("direction"),
                words("kind"),
                words_null("text"),
                words("phone_number_id"),
                words_null("wamid"),
                // Inbound: Meta's time. Outbound: the process's time.
                at("at"),
                words_null("status"),
                number_null("failure_code"),
                words_null("failure_title"),
                words_null("failure_details"),
                words_null("author"),
                id_null("retry_of"),
                words_null("idempotency_key"),
            ],
        );
        messages.foreign_key(&mut refers("session_id", "sessions", "id"));
        manager.create_table(messages).await?;
        manager
            .create_index(unique("messages_wamid", "messages", ["phone_number_id", "wamid"]))
            .await?;
        manager
            .create_index(index("messages_thread", "messages", ["session_id", "at", "id"]))
            .await?;
        partial_index(
            manager,
            true,
            "messages_idempotency",
            "messages",
            "session_id, idempotency_key",
            "idempotency_key IS NOT NULL",
        )
        .await?;

        manager
            .create_table(table("message_payloads", [key("message_id"), words("payload")]))
            .await?;

        let mut statuses = table(
            "message_statuses",
            [
                words("phone_number_id"),
                words("wamid"),
                words("status"),
                words("participant"),
                at("at"),
                number_null("failure_code"),
                words_null("failure_title"),
                words_null("failure_details"),
                words("payload"),
            ],
        );
        statuses.primary_key(
            Index::create()
                .col("phone_number_id")
                .col("wamid")
                .col("status")
                .col("participant"),
        );
        manager.create_table(statuses).await
    }
}
