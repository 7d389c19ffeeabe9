//! Which messages an API token has sent: their author is its name. From here on nobody reads messages until the end, so it comes
//! after the indexes.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut by_token = ColumnDef::new("by_token")
            .boolean()
            .not_null()
            .default(false)
            .take();
        let mut change = Table::alter();
        manager
            .alter_table(change.table("messages").add_column(&mut by_token).take())
            .await
    }
}
