//! The countries that each door admits, one row for each door. All four rows exist from the start, so that a save is
//! one update of the version that was read.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let door = ColumnDef::new("door").text().not_null().primary_key().take();
        let unknown = ColumnDef::new("unknown").boolean().not_null().take();
        manager
            .create_table(table(
                "country_rules",
                // Country codes separated by spaces; NULL: everybody.
                [door, words_null("countries"), unknown, number("version")],
            ))
            .await?;
        let mut rows = Query::insert();
        rows.into_table("country_rules")
            .columns(["door", "unknown", "version"]);
        for door in ["console", "api", "files", "webhooks"] {
            rows.values_panic([door.into(), false.into(), 1.into()]);
        }
        manager.execute(rows).await
    }
}
