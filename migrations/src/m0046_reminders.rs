//! Sessions that their owners put off, and the closing service windows of which somebody was reminded.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["snoozed_until", "reminded_of"] {
            let add = Table::alter()
                .table("sessions")
                .add_column(at_null(column))
                .take();
            manager.alter_table(add).await?;
        }
        // An owner's open sessions are counted in their index, without those that are put off.
        for sql in [
            "DROP INDEX sessions_open_by_owner",
            "CREATE INDEX sessions_open_by_owner ON sessions \
             (extension_id, last_message_at, id, unread, state, snoozed_until) WHERE state <> 'closed'",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        partial_index(
            manager,
            false,
            "sessions_snoozed",
            "sessions",
            "snoozed_until, id",
            "snoozed_until IS NOT NULL",
        )
        .await
    }
}
