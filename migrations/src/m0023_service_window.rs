//! When Meta said that a service window is closed, which it may know better than the time of the last message.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::alter();
        manager
            .alter_table(
                change
                    .table("sessions")
                    .add_column(at_null("window_closed_at"))
                    .take(),
            )
            .await
    }
}
