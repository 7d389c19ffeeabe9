//! Since when a customer waits. Who waits longest comes first, and whoever has been answered, last: that is the largest
//! number there is.
//!
//! The waiting are listed, and counted, in their index alone, and so are an extension's own. The state is in these
//! indexes, too: SQLite would look into each row for it, though all rows of the index have the same.

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
