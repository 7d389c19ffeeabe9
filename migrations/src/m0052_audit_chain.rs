//! The audit log says from where and with what outcome, and its rows are chained: each holds a hash of itself and of the
//! row before it. Rows from before have numbers and no hash; the chain begins after them.

use crate::columns::*;

const NUMBER: &str = "UPDATE audit SET number = numbered.number \
     FROM (SELECT id AS row_id, row_number() OVER (ORDER BY id) AS number FROM audit) AS numbered \
     WHERE numbered.row_id = audit.id";
const BEGIN: &str = "INSERT INTO audit_chain (id, number, hash, from_number, from_hash) \
     SELECT 1, COALESCE(MAX(number), 0), '', COALESCE(MAX(number), 0), '' FROM audit";

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            number("number").default(0).take(),
            words_null("address"),
            words("outcome").default("done").take(),
            words("hash").default("").take(),
        ];
        for column in columns {
            let add = Table::alter().table("audit").add_column(column).take();
            manager.alter_table(add).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(NUMBER).await?;
        manager
            .create_index(unique("audit_number", "audit", ["number"]))
            .await?;
        manager
            .create_table(table(
                "audit_chain",
                [
                    ColumnDef::new("id").integer().not_null().primary_key().take(),
                    number("number"),
                    words("hash"),
                    number("from_number"),
                    words("from_hash"),
                ],
            ))
            .await?;
        db.execute_unprepared(BEGIN).await?;
        manager
            .create_table(
                table(
                    "token_addresses",
                    [id("token_id"), words("address"), at("first_at")],
                )
                .primary_key(Index::create().col("token_id").col("address"))
                .take(),
            )
            .await
    }
}
