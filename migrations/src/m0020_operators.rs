//! What an operator sees, each part of it by its latest message: their own sessions and, of each of their queues, those
//! that nobody owns. Without these the list of a new operator was looked for among all the sessions there are.
//!
//! Open and closed ones have an index each. A closed session hardly ever changes, so a message writes no more than
//! before; and what asks for one's open sessions cannot be led through all those that are closed. An extension's open
//! ones have `sessions_open_by_owner`.
//!
//! The closed ones' last columns are there for a search: it asks each whose it is, and would look into the row for that.
//! SQLite would for the columns of the condition, too.

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
