//! What is about a message that has not come yet is looked for whenever messages come: in an index of its own, which
//! is nearly always empty.
//!
//! Besides, what somebody writes in a group is a session apart from what they write in private, and a message of ours may
//! have been written in the WhatsApp app on the company's phone.

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
