//! When messages arrive, the process looks for items that arrived earlier and are about them. The index for this is
//! nearly always empty.
//!
//! Also: a customer's messages in a group form a session apart from their private one, and somebody may have written an
//! outbound message in the WhatsApp app on the company's phone.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        partial_index(
            manager,
            false,
            "dead_letters_no_message",
            "dead_letters",
            "detail",
            "reason = 'no_message'",
        )
        .await?;
        partial_index(
            manager,
            false,
            "messages_edits",
            "messages",
            "target_wamid",
            "kind = 'edit'",
        )
        .await?;
        let mut change = Table::alter();
        manager
            .alter_table(change.table("sessions").add_column(words_null("group_id")).take())
            .await?;
        let mut phone = ColumnDef::new("phone").boolean().not_null().default(false).take();
        let mut change = Table::alter();
        manager
            .alter_table(change.table("messages").add_column(&mut phone).take())
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX sessions_one_open").await?;
        partial_index(
            manager,
            true,
            "sessions_one_open",
            "sessions",
            "contact_id, channel_id, coalesce(group_id, '')",
            "state <> 'closed'",
        )
        .await
    }
}
