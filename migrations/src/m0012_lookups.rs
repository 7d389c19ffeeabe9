//! Indexes that keep looking things up as quick as it was when there was little to look through.
//!
//! What waits in the journal is counted, and looked through, in its index alone: bodies are large, and there may be
//! thousands of them.
//!
//! Among the columns of a key the one that tells most comes first. PostgreSQL takes a number that its statistics do not
//! know yet, that of a new channel, for a rare one: with the number first it read all messages of the number for every
//! batch, instead of the few that were asked for. So did the kinds of identities.

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

        // SQLite looks at every value of a list, in whatever order the columns are.
        if manager.get_database_backend() == DbBackend::Postgres {
            run("ALTER TABLE contact_identities DROP CONSTRAINT contact_identities_pkey").await?;
            run("ALTER TABLE contact_identities ADD PRIMARY KEY (value, kind)").await?;
        }
        Ok(())
    }
}
