//! How far a session has been read: the newest message that was on somebody's screen. Unread is what came after it.
//!
//! Besides, the way from a message to what is about it, so that a page of a thread finds its reactions wherever they
//! stand.

use crate::columns::*;

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
        // A session with unread messages has no position yet: its unread messages are the last ones, so the position is
        // the customer's message before them.
        let run = async |sql| manager.get_connection().execute_unprepared(sql).await;
        run(
            "UPDATE sessions SET read_at = last_message_at, read_id = last_message_id \
             WHERE unread = 0 AND last_message_id IS NOT NULL",
        )
        .await?;
        let position = |column| {
            format!(
                "(SELECT {column} FROM (SELECT m.at, m.id, row_number() OVER (ORDER BY m.at DESC, m.id DESC) AS n \
                 FROM messages m WHERE m.session_id = sessions.id AND m.direction = 'inbound' \
                 AND m.target_wamid IS NULL) newest WHERE newest.n = sessions.unread + 1)"
            )
        };
        run(&format!(
            "UPDATE sessions SET read_at = {}, read_id = {} WHERE unread > 0",
            position("at"),
            position("id")
        ))
        .await?;
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
