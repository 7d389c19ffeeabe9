//! Meta's `fbtrace_id` of a refused message.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::alter();
        change.table("messages").add_column(words_null("failure_trace"));
        manager.alter_table(change.take()).await
    }
}
