//! The key of the app secrets' fingerprints, sealed: fingerprints stay the same when the master key is changed.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new("fingerprint_key").blob().null().take();
        let add = Table::alter().table("master_key").add_column(column).take();
        manager.alter_table(add).await
    }
}
