//! The fingerprint of the master key that seals the secrets, in one row. A process with another key must not start.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let one = ColumnDef::new("id").integer().not_null().primary_key().take();
        manager
            .create_table(table("master_key", [one, words("fingerprint"), at("since")]))
            .await
    }
}
