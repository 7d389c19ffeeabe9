//! When API tokens expire, and when they were last used.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["expires_at", "used_at"] {
            let add = Table::alter()
                .table("api_tokens")
                .add_column(at_null(column))
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
