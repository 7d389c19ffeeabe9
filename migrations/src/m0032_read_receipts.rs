//! When a channel tells its customers that their messages were read.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mode = words("read_receipts").default("by_operator").take();
        let add = Table::alter().table("channels").add_column(mode).take();
        manager.alter_table(add).await
    }
}
