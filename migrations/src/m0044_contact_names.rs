//! The company's own names of its customers.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alias = Table::alter()
            .table("contacts")
            .add_column(words_null("alias"))
            .take();
        manager.alter_table(alias).await
    }
}
