//! One-time links by which users give themselves a new password.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut person = refers("person_id", "people", "id");
        let links = table(
            "password_links",
            [
                words("token_hash").primary_key().take(),
                id("person_id"),
                at("expires_at"),
            ],
        )
        .foreign_key(person.on_delete(ForeignKeyAction::Cascade))
        .take();
        manager.create_table(links).await?;
        manager
            .create_index(index("password_links_person", "password_links", ["person_id"]))
            .await
    }
}
