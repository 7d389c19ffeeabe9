//! The search words of contacts (`domain::search`) as a table: a prefix search is an index range scan on both
//! databases. The words of existing contacts are created when the process starts.

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Byte order: only with it is a prefix a contiguous range, whatever the database's locale.
        let table = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "CREATE TABLE contact_words (word TEXT COLLATE \"C\" NOT NULL, contact_id UUID NOT NULL, \
                 PRIMARY KEY (word, contact_id))"
            }
            _ => {
                "CREATE TABLE contact_words (word TEXT NOT NULL, contact_id UUID_TEXT NOT NULL, \
                 PRIMARY KEY (word, contact_id)) WITHOUT ROWID"
            }
        };
        for sql in [
            table,
            "CREATE INDEX contact_words_contact ON contact_words (contact_id, word)",
            // When the words were made from the contact's current names.
            "ALTER TABLE contacts ADD COLUMN words_at BIGINT NULL",
            "CREATE INDEX contacts_without_words ON contacts (id) WHERE words_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
