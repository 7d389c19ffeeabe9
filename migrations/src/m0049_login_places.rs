//! Where somebody is logged in: the browser, its address, since when, and when it was last used.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            words_null("device"),
            words_null("address"),
            at_null("begun_at"),
            at_null("seen_at"),
        ] {
            let add = Table::alter().table("web_sessions").add_column(column).take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }
}
