//! Files of canned replies.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::alter();
        change.table("files").add_column(id_null("canned_reply_id"));
        manager.alter_table(change.take()).await?;
        let kept = "canned_reply_id IS NOT NULL";
        partial_index(
            manager,
            false,
            "files_of_canned_replies",
            "files",
            "canned_reply_id",
            kept,
        )
        .await
    }
}
