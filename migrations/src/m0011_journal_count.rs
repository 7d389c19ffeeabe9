//! Counting and scanning the waiting batches of the journal uses only its index: bodies are large, and there may be
//! thousands of them.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared("DROP INDEX journal_waiting")
            .await?;
        partial_index(
            manager,
            false,
            "journal_waiting",
            "journal",
            "id, received_at, deliveries, attempts",
            "applied_at IS NULL",
        )
        .await
    }
}
