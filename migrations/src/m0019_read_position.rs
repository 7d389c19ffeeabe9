//! How far a session has been read: the newest message that was on somebody's screen. Messages after it are unread.
//!
//! Also an index from a message to the messages about it, so that a page of a thread finds its reactions wherever they
//! are.

use crate::columns::*;
use sea_orm_migration::sea_orm::Statement;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [at_null("read_at"), id_null("read_id")] {
            let mut change = Table::alter();
            manager
                .alter_table(change.table("sessions").add_column(&mut column).take())
                .await?;
        }
        let run = async |sql: &str| manager.get_connection().execute_unprepared(sql).await;
        // Created before any row changes: PostgreSQL does not use an index that is created after a change in the same
        // transaction.
        run("CREATE INDEX sessions_unread ON sessions (unread) WHERE unread > 0").await?;
        run(
            "UPDATE sessions SET read_at = last_message_at, read_id = last_message_id \
             WHERE unread = 0 AND last_message_id IS NOT NULL",
        )
        .await?;
        // A session with unread messages has no position yet. Its unread messages are the last ones, so the position is
        // the customer's message before them. The query reads no more than these, however long the session is. SQLite
        // requires a constant OFFSET, so sessions with the same number are updated together.
        let numbers = "SELECT DISTINCT unread FROM sessions WHERE unread > 0";
        let numbers = Statement::from_string(manager.get_database_backend(), numbers);
        for row in manager.get_connection().query_all_raw(numbers).await? {
            let unread: i64 = row.try_get_by_index(0)?;
            run(&format!(
                "UPDATE sessions SET (read_at, read_id) = (SELECT m.at, m.id FROM messages m \
                 WHERE m.session_id = sessions.id AND m.direction = 'inbound' AND m.target_wamid IS NULL \
                 ORDER BY m.at DESC, m.id DESC LIMIT 1 OFFSET {unread}) WHERE unread > 0 AND unread = {unread}"
            ))
            .await?;
        }
        run("DROP INDEX sessions_unread").await?;
        partial_index(
            manager,
            false,
            "messages_about",
            "messages",
            "session_id, target_wamid",
            "target_wamid IS NOT NULL",
        )
        .await
    }
}
