//! Notes that call for colleagues.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut mentions = table("mentions", [id("user_id"), id("moment_id")]);
        mentions
            .primary_key(Index::create().col("user_id").col("moment_id"))
            .foreign_key(&mut refers("user_id", "people", "id"))
            .foreign_key(&mut refers("moment_id", "session_moments", "id"));
        manager.create_table(mentions).await?;
        manager
            .alter_table(
                Table::alter()
                    .table("session_moments")
                    .add_column(words_null("mentions"))
                    .take(),
            )
            .await
    }
}
