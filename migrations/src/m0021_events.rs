//! Changes with consecutive numbers, so that a stream of live updates resumes where it broke off.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut number = ColumnDef::new("number");
        // Without AUTOINCREMENT, SQLite would reuse the number of a deleted row.
        number.big_integer().not_null().auto_increment().primary_key();
        let events = table(
            "events",
            [
                number,
                at("at"),
                words("kind"),
                // Who may see the event, as JSON; NULL: everybody.
                words_null("audience"),
                id_null("session_id"),
                id_null("message_id"),
                id_null("channel_id"),
                words_null("detail"),
            ],
        );
        manager.create_table(events).await
    }
}
