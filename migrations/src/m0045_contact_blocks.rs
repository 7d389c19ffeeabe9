//! Customers whom the company has blocked on its numbers.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut blocks = table(
            "contact_blocks",
            [
                id("contact_id"),
                words("phone_number_id"),
                words_null("blocked_by"),
                at_null("blocked_at"),
                at_null("calling_until"),
            ],
        );
        blocks
            .primary_key(Index::create().col("contact_id").col("phone_number_id"))
            .foreign_key(&mut refers("contact_id", "contacts", "id"));
        manager.create_table(blocks).await
    }
}
