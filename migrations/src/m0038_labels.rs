//! Labels, and the sessions that have them.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table("labels", [key("id"), words("name"), at("created_at")]))
            .await?;
        manager
            .create_index(unique("labels_name", "labels", ["name"]))
            .await?;
        let mut of_sessions = table("session_labels", [id("session_id"), id("label_id")]);
        of_sessions
            .primary_key(Index::create().col("session_id").col("label_id"))
            .foreign_key(&mut refers("session_id", "sessions", "id"))
            .foreign_key(&mut refers("label_id", "labels", "id"));
        manager.create_table(of_sessions).await?;
        let by_label = ["label_id", "session_id"];
        manager
            .create_index(index("session_labels_label", "session_labels", by_label))
            .await
    }
}
