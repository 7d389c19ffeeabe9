//! Contacts that are being erased, until nothing is left of them; contacts without a session; closed sessions whose messages
//! are still there.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["erased_at", "alone_since"] {
            let add = Table::alter()
                .table("contacts")
                .add_column(at_null(column))
                .take();
            manager.alter_table(add).await?;
        }
        for (name, table, columns, condition) in [
            ("contacts_erased", "contacts", "id", "erased_at IS NOT NULL"),
            (
                "contacts_alone",
                "contacts",
                "alone_since",
                "alone_since IS NOT NULL",
            ),
            (
                "sessions_closed_with_messages",
                "sessions",
                "last_message_at, id",
                "state = 'closed' AND last_message_id IS NOT NULL",
            ),
        ] {
            partial_index(manager, false, name, table, columns, condition).await?;
        }
        let sql = "UPDATE contacts SET alone_since = created_at \
                   WHERE NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.contact_id = contacts.id)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
