//! Second factors of log-ins.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut person = refers("person_id", "people", "id");
        let factors = table(
            "second_factors",
            [
                key("person_id"),
                words("key_id"),
                bytes("sealed"),
                at("begun_at"),
                words("begun_by"),
                at_null("on_since"),
                number("used_step"),
                number("used_codes"),
            ],
        )
        .foreign_key(person.on_delete(ForeignKeyAction::Cascade))
        .take();
        manager.create_table(factors).await
    }
}
