//! Passkeys of users.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut person = refers("person_id", "people", "id");
        let passkeys = table(
            "passkeys",
            [
                key("id"),
                id("person_id"),
                words("credential_id"),
                words("name"),
                words("credential"),
                number("counter"),
                words_null("answered"),
                at("added_at"),
                at_null("used_at"),
            ],
        )
        .foreign_key(person.on_delete(ForeignKeyAction::Cascade))
        .take();
        manager.create_table(passkeys).await?;
        let once = unique("passkeys_credential", "passkeys", ["credential_id"]);
        manager.create_index(once).await?;
        manager
            .create_index(index("passkeys_person", "passkeys", ["person_id"]))
            .await
    }
}
