//! By which way the file of each message went to Meta: uploaded, or by a link. When one fails the other is tried once.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attempts = table(
            "file_attempts",
            [
                key("message_id"),
                id("channel_id"),
                words("way"),
                // The other way failed before.
                yes_or_no("is_second"),
                yes_or_no("failed"),
                // The other way is to be tried by a new message.
                yes_or_no("retry_due"),
                at("at"),
            ],
        );
        manager.create_table(attempts).await?;
        let mut lately = Index::create();
        lately
            .name("file_attempts_channel")
            .table("file_attempts")
            .col("channel_id")
            .col("at");
        manager.create_index(lately.take()).await?;
        let mut due = Index::create();
        due.name("file_attempts_retry")
            .table("file_attempts")
            .col("message_id")
            .and_where(Expr::col("retry_due").eq(true));
        manager.create_index(due.take()).await?;

        let mut by_link = yes_or_no("by_link");
        by_link.default(false);
        let mut change = Table::alter();
        manager
            .alter_table(change.table("outbox").add_column(by_link).take())
            .await
    }
}

fn yes_or_no(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}
