//! Message counts by channel, direction and five minutes, so that the daily figures do not read the messages; and
//! webhook addresses that are shown to an administrator before the channel is saved.

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

/// A slot in milliseconds, as in the engine's `channels::traffic`.
const SLOT: i64 = 300_000;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut traffic = table(
            "channel_traffic",
            [
                number("slot"),
                id("channel_id"),
                words("direction"),
                number("messages"),
            ],
        );
        traffic.primary_key(Index::create().col("slot").col("channel_id").col("direction"));
        manager.create_table(traffic).await?;

        // The messages of the last day and one more hour.
        let since = match manager.get_database_backend() {
            DbBackend::Postgres => "(EXTRACT(EPOCH FROM now())::bigint - 90000) * 1000",
            _ => "(CAST(strftime('%s', 'now') AS INTEGER) - 90000) * 1000",
        };
        let count = format!(
            "INSERT INTO channel_traffic (slot, channel_id, direction, messages) \
             SELECT m.at / {SLOT}, s.channel_id, m.direction, COUNT(*) \
             FROM sessions s JOIN messages m ON m.session_id = s.id \
             WHERE s.last_message_at >= {since} AND m.at >= {since} \
             GROUP BY m.at / {SLOT}, s.channel_id, m.direction"
        );
        manager.get_connection().execute_unprepared(&count).await?;

        let reservations = table(
            "channel_reservations",
            [
                key("id"),
                words("webhook_id"),
                words("verify_token"),
                at_null("handshake_at"),
                // The user who is setting up the channel; each user has at most one.
                words("reserved_by"),
                at("created_at"),
            ],
        );
        manager.create_table(reservations).await?;
        for (name, column) in [
            ("channel_reservations_webhook", "webhook_id"),
            ("channel_reservations_person", "reserved_by"),
        ] {
            manager
                .create_index(unique(name, "channel_reservations", [column]))
                .await?;
        }
        Ok(())
    }
}
