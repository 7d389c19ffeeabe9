//! Which uploaded file a message sends, so that its bubble changes when the file's time is over.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("messages")
            .add_column(id_null("file_id"))
            .take();
        manager.alter_table(add).await?;
        partial_index(
            manager,
            false,
            "messages_of_file",
            "messages",
            "file_id",
            "file_id IS NOT NULL",
        )
        .await
    }
}
