//! Files of messages. The bytes are in the file store; a received file has the id of its message.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "files",
                [
                    key("id"),
                    id("channel_id"),
                    words("direction"),
                    words("state"),
                    words_null("filename"),
                    words_null("mime_type"),
                    words_null("kind"),
                    number_null("size"),
                    words_null("sha256"),
                    words_null("uploaded_by"),
                    words_null("media_id"),
                    at_null("media_until"),
                    number("attempts"),
                    at_null("due_at"),
                    id_null("claimed_by"),
                    at("created_at"),
                    at_null("expires_at"),
                ],
            ))
            .await?;
        manager
            .create_index(index("files_due", "files", ["direction", "due_at"]))
            .await?;
        manager
            .create_index(index("files_expired", "files", ["expires_at"]))
            .await?;
        let mut change = Table::alter();
        manager
            .alter_table(change.table("outbox").add_column(id_null("file_id")).take())
            .await
    }
}
