//! An idempotency key belongs to the session that its message was written in, also when that session goes into another one. The
//! column stays empty until then, so no row is filled.
//!
//! The index reads all messages once. On PostgreSQL nobody else reads them meanwhile, because the column comes first.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter()
            .table("messages")
            .add_column(id_null("first_session_id"))
            .take();
        manager.alter_table(add).await?;
        partial_index(
            manager,
            true,
            "messages_by_key",
            "messages",
            "coalesce(first_session_id, session_id), idempotency_key",
            "idempotency_key IS NOT NULL",
        )
        .await?;
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX messages_idempotency").await?;
        Ok(())
    }
}
