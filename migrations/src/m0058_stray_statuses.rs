//! Statuses of messages that are not here, until they are deleted.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("message_statuses")
            .add_column(at_null("stray_since"))
            .take();
        manager.alter_table(add).await?;
        let sql = "UPDATE message_statuses SET stray_since = at WHERE NOT EXISTS (SELECT 1 FROM messages \
                   WHERE messages.phone_number_id = message_statuses.phone_number_id \
                   AND messages.wamid = message_statuses.wamid)";
        manager.get_connection().execute_unprepared(sql).await?;
        let (name, condition) = ("message_statuses_stray", "stray_since IS NOT NULL");
        partial_index(manager, false, name, "message_statuses", "stray_since", condition).await
    }
}
