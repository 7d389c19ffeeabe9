//! The channel or the queue to which an API token is bound.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["channel_id", "queue_id"] {
            let add = Table::alter()
                .table("api_tokens")
                .add_column(id_null(column))
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
