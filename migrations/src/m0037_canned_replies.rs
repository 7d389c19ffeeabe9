//! Texts that operators insert into their replies by a short name.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut replies = table(
            "canned_replies",
            [
                key("id"),
                words("shortcut"),
                words("text"),
                id_null("queue_id"),
                at("changed_at"),
            ],
        );
        replies.foreign_key(&mut refers("queue_id", "queues", "id"));
        manager.create_table(replies).await?;
        manager
            .create_index(unique("canned_replies_shortcut", "canned_replies", ["shortcut"]))
            .await
    }
}
