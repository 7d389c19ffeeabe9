//! Indexes by the latest message for the two parts of an operator's list: their own sessions, and the unowned sessions
//! in each of their queues. Without these indexes, the list of a new operator scanned all sessions.
//!
//! Open and closed sessions have separate indexes. A closed session hardly ever changes, so a message causes no more
//! index writes than before; and a query for open sessions never scans the closed ones. An extension's open sessions
//! have `sessions_open_by_owner`.
//!
//! The last columns of the indexes for closed sessions serve searches, which compare each session's contact and would
//! otherwise read the row. SQLite would also read it for the columns of the condition.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns, condition) in [
            (
                "sessions_closed_by_owner",
                "extension_id, last_message_at, id, contact_id, state",
                "state = 'closed' AND extension_id IS NOT NULL",
            ),
            (
                "sessions_closed_in_queue",
                "queue_id, last_message_at, id, contact_id, extension_id, state",
                "state = 'closed' AND extension_id IS NULL",
            ),
            (
                "sessions_open_in_queue",
                "queue_id, last_message_at, id",
                "state <> 'closed' AND extension_id IS NULL",
            ),
            (
                "sessions_waiting_in_queue",
                "queue_id, waiting_since, id, unread, state",
                "state = 'waiting'",
            ),
        ] {
            partial_index(manager, false, name, "sessions", columns, condition).await?;
        }
        Ok(())
    }
}
