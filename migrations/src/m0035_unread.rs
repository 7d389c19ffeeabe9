//! The sessions in which something is unread, in the order of the list: they are few of many.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        partial_index(
            manager,
            false,
            "sessions_unread_by_time",
            "sessions",
            "last_message_at, id, extension_id, queue_id",
            "unread > 0",
        )
        .await
    }
}
