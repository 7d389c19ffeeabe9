//! Several engines on one PostgreSQL share the work: the lease on the journal names the engine that applies deliveries,
//! and a row of the outbox names the engine that is calling Meta for it.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut change = Table::alter();
        manager
            .alter_table(change.table("outbox").add_column(id_null("claimed_by")).take())
            .await?;
        let name = ColumnDef::new("name").text().not_null().primary_key().take();
        manager
            .create_table(table("leases", [name, id_null("held_by"), at("held_until")]))
            .await?;
        // Each lease has a row from the beginning: taking a lease is an update.
        manager
            .get_connection()
            .execute_unprepared("INSERT INTO leases (name, held_until) VALUES ('journal', 0)")
            .await
            .map(drop)
    }
}
