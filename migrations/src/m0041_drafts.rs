//! What users have typed and not sent.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut drafts = table(
            "drafts",
            [
                id("user_id"),
                id("session_id"),
                words("kind"),
                words("text"),
                at("changed_at"),
            ],
        );
        drafts
            .primary_key(Index::create().col("user_id").col("session_id").col("kind"))
            .foreign_key(&mut refers("user_id", "people", "id"))
            .foreign_key(&mut refers("session_id", "sessions", "id"));
        manager.create_table(drafts).await
    }
}
