//! The time since when a customer waits. The longest wait sorts first. Answered customers sort last, because they have
//! the largest possible number.
//!
//! Listing and counting the waiting sessions, and an extension's own, uses only their indexes. The indexes include the
//! state: without it SQLite would read each row for it, although all rows of the index have the same state.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            "ALTER TABLE sessions ADD COLUMN waiting_since BIGINT NOT NULL DEFAULT 9223372036854775807",
            "UPDATE sessions SET waiting_since = \
             CASE state WHEN 'waiting' THEN opened_at ELSE COALESCE(last_inbound_at, opened_at) END \
             WHERE state <> 'closed' AND NOT EXISTS (SELECT 1 FROM messages \
             WHERE messages.id = sessions.last_message_id AND messages.direction = 'outbound')",
            "DROP INDEX sessions_waiting",
            "CREATE INDEX sessions_waiting ON sessions (waiting_since, id, queue_id, unread, state) WHERE state = 'waiting'",
            "DROP INDEX sessions_open_by_owner",
            "CREATE INDEX sessions_open_by_owner ON sessions (extension_id, last_message_at, id, unread, state) \
             WHERE state <> 'closed'",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
