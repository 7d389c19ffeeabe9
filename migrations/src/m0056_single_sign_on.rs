//! Which users the provider's users are.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut person = refers("person_id", "people", "id");
        let links = table(
            "sign_on_links",
            [
                words("issuer"),
                words("subject"),
                id("person_id"),
                at("linked_at"),
            ],
        )
        .primary_key(Index::create().col("issuer").col("subject"))
        .foreign_key(person.on_delete(ForeignKeyAction::Cascade))
        .take();
        manager.create_table(links).await?;
        let one_each = unique("sign_on_links_person", "sign_on_links", ["person_id", "issuer"]);
        manager.create_index(one_each).await
    }
}
