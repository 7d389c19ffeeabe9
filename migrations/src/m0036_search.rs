//! The index in which messages and notes are found by their words (`domain::search::texts`). It holds no text: on SQLite
//! an FTS5 table without content, on PostgreSQL a `tsvector`. Both hold words that are folded already, so both find the
//! same. What was stored before is indexed in the background.
//!
//! <https://www.sqlite.org/fts5.html#contentless_tables>

use crate::columns::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // FTS5 finds the beginning of a word in the order of the entries only if it has an index of beginnings of that
        // length. Otherwise it merges all entries first, for a common word in many of millions.
        // `number` is the order of the entries, the latest last; what was stored before has negative ones.
        let entries: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &[
                "CREATE SEQUENCE search_numbers",
                "CREATE TABLE search_entries (number BIGINT PRIMARY KEY DEFAULT nextval('search_numbers'), \
                 entry_id UUID NOT NULL, session_id UUID NOT NULL, note BOOLEAN NOT NULL, words TSVECTOR NOT NULL)",
                "CREATE INDEX search_entries_words ON search_entries USING GIN (words)",
            ],
            _ => &[
                "CREATE TABLE search_entries (number INTEGER PRIMARY KEY, \
                 entry_id UUID_TEXT NOT NULL, session_id UUID_TEXT NOT NULL, note BOOLEAN NOT NULL)",
                "CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', columnsize = 0, detail = none, \
                 prefix = '3 4 5 6 7 8', tokenize = \"ascii tokenchars '<'\")",
            ],
        };
        let rest = [
            "CREATE UNIQUE INDEX search_entries_entry ON search_entries (entry_id)",
            // What of the older messages and notes is not indexed yet: those with ids below this one.
            "CREATE TABLE search_backfill (what TEXT PRIMARY KEY, below UUID NULL)",
            "INSERT INTO search_backfill (what) SELECT 'messages' WHERE EXISTS (SELECT 1 FROM messages)",
            "INSERT INTO search_backfill (what) SELECT 'notes' \
             WHERE EXISTS (SELECT 1 FROM session_moments WHERE what = 'noted')",
        ];
        for sql in entries.iter().chain(&rest) {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
