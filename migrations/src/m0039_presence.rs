//! Who is there for new sessions, how many each extension takes, and which queues give their sessions out by themselves.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut presence = table(
            "presence",
            [
                id("extension_id").primary_key().take(),
                words("availability"),
                yes_or_no("idle"),
                at_null("seen_at"),
                at_null("given_at"),
            ],
        );
        presence.foreign_key(&mut refers("extension_id", "extensions", "id"));
        manager.create_table(presence).await?;
        let mut capacity = number_null("capacity");
        let mut change = Table::alter();
        change.table("extensions").add_column(&mut capacity);
        manager.alter_table(change.take()).await?;
        let mut distributes = yes_or_no("distributes").default(false).take();
        let mut change = Table::alter();
        change.table("queues").add_column(&mut distributes);
        manager.alter_table(change.take()).await
    }
}

fn yes_or_no(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}
