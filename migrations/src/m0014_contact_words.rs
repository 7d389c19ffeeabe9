//! The words under which contacts are found, `domain::search`, as a table: what begins with something is a stretch of
//! an index, on both databases. The words of contacts that are there already are made when the program starts.

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The order of bytes: only that makes a beginning a stretch, whatever language the database speaks.
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
            // When the words were made of what the contact is called now.
            "ALTER TABLE contacts ADD COLUMN words_at BIGINT NULL",
            "CREATE INDEX contacts_without_words ON contacts (id) WHERE words_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
