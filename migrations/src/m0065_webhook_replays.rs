//! How far each webhook's replay has come, so that it goes on after a stop or a kill.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in [
            at_null("replay_asked_at"),
            at_null("replay_since"),
            id_null("replay_after"),
            id_null("replay_to"),
            number("replayed").default(0).take(),
        ] {
            let add = Table::alter().table("webhooks").add_column(&mut column).take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
