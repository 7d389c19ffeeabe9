//! When Meta last refused a message because the account cannot pay for it.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::alter();
        change.table("channels").add_column(at_null("payment_refused_at"));
        manager.alter_table(change.take()).await
    }
}
