//! Message queues and their members.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "queues",
                [
                    key("id"),
                    words("name"),
                    words("pick_up"),
                    at_null("disabled_at"),
                    at("created_at"),
                ],
            ))
            .await?;
        manager
            .create_index(unique("queues_name", "queues", ["name"]))
            .await?;

        let mut members = table("queue_members", [id("queue_id"), id("extension_id")]);
        members
            .primary_key(Index::create().col("queue_id").col("extension_id"))
            .foreign_key(&mut refers("queue_id", "queues", "id"))
            .foreign_key(&mut refers("extension_id", "extensions", "id"));
        manager.create_table(members).await?;
        manager
            .create_index(index(
                "queue_members_extension",
                "queue_members",
                ["extension_id"],
            ))
            .await
    }
}
