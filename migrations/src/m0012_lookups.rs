//! Indexes that keep lookups as fast on large tables as on small ones.
//!
//! Counting and scanning the waiting batches of the journal uses only its index: bodies are large, and there may be
//! thousands of them.
//!
//! The most selective column of a key comes first. PostgreSQL assumes that a value which its statistics do not know,
//! such as a new channel's number, is rare. With the number first, it read all messages of the number for every batch
//! instead of the few that were requested. The kinds of identities had the same problem.

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let run = async |sql| manager.get_connection().execute_unprepared(sql).await;
        run("DROP INDEX journal_waiting").await?;
        partial_index(
            manager,
            false,
            "journal_waiting",
            "journal",
            "id, received_at, deliveries, attempts, applied_at",
            "applied_at IS NULL",
        )
        .await?;

        run("DROP INDEX messages_wamid").await?;
        manager
            .create_index(unique("messages_wamid", "messages", ["wamid", "phone_number_id"]))
            .await?;

        // SQLite looks up every value of an `IN` list, in whatever order the columns are.
        if manager.get_database_backend() == DbBackend::Postgres {
            run("ALTER TABLE contact_identities DROP CONSTRAINT contact_identities_pkey").await?;
            run("ALTER TABLE contact_identities ADD PRIMARY KEY (value, kind)").await?;
        }
        Ok(())
    }
}
