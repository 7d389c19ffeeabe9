//! What a company notes about its customers.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Not a column of `contacts`, which each message writes.
        let mut notes = table(
            "contact_notes",
            [
                id("contact_id").primary_key().take(),
                words("text"),
                number("version"),
                words("changed_by"),
                at("changed_at"),
            ],
        );
        notes.foreign_key(&mut refers("contact_id", "contacts", "id"));
        manager.create_table(notes).await
    }
}
