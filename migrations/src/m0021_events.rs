//! What changed, numbered, so that a stream of live updates goes on where it broke off.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut number = ColumnDef::new("number");
        // SQLite would give the number of a deleted row to the next one without AUTOINCREMENT.
        number.big_integer().not_null().auto_increment().primary_key();
        let events = table(
            "events",
            [
                number,
                at("at"),
                words("kind"),
                // Who may see it, as JSON; NULL: everybody.
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
