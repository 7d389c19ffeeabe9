//! How a channel sends: how fast, how Meta gets its files, and what becomes of messages of unknown outcome.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            number("messages_per_second").default(80).take(),
            words("file_way").default("upload").take(),
            words("unconfirmed").default("once_more").take(),
        ] {
            let mut change = Table::alter();
            change.table("channels").add_column(column);
            manager.alter_table(change.take()).await?;
        }
        // Lane 1 was that of scripts; now each writer has two.
        let mut scripts = Query::update();
        scripts
            .table("outbox")
            .value("lane", 2)
            .and_where(Expr::col("lane").eq(1));
        manager.execute(scripts).await
    }
}
