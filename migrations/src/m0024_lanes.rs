//! Messages of users go out before those of scripts.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut lane = ColumnDef::new("lane");
        lane.big_integer().not_null().default(0);
        let mut change = Table::alter();
        manager
            .alter_table(change.table("outbox").add_column(lane).take())
            .await?;
        let mut index = Index::create();
        manager
            .create_index(
                index
                    .name("outbox_urgent")
                    .table("outbox")
                    .col("channel_id")
                    .col("lane")
                    .col("message_id")
                    .take(),
            )
            .await
    }
}
