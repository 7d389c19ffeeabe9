//! What messages cost: the price of each status, the delivered messages of a month, the rates and the budget.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            // Two letters, empty if not known; NULL: the status is not counted, like all that came before this step.
            words_null("country"),
            ColumnDef::new("billable").boolean().null().take(),
            words_null("pricing_model"),
            words_null("pricing_type"),
            words_null("pricing_category"),
        ] {
            let mut change = Table::alter();
            change.table("message_statuses").add_column(column);
            manager.alter_table(change.take()).await?;
        }
        let mut counts = table(
            "message_costs",
            [
                // `2026-11`
                words("month"),
                id("channel_id"),
                words("country"),
                words("category"),
                words("charge"),
                number("messages"),
            ],
        );
        let key = ["month", "channel_id", "country", "category", "charge"];
        let mut primary = Index::create();
        for column in key {
            primary.col(column);
        }
        counts.primary_key(&mut primary);
        manager.create_table(counts).await?;

        // One row.
        let settings = table(
            "cost_settings",
            [
                number("id").primary_key().take(),
                number("version"),
                at_null("counted_since"),
                // JSON; NULL: those that the program knows.
                words_null("rates"),
                // Millionths; NULL: no budget.
                number_null("budget_micros"),
                words_null("budget_currency"),
                number("budget_warn_percent"),
                ColumnDef::new("budget_stops_templates")
                    .boolean()
                    .not_null()
                    .take(),
            ],
        );
        manager.create_table(settings).await?;
        let mut row = Query::insert();
        row.into_table("cost_settings")
            .columns(["id", "version", "budget_warn_percent", "budget_stops_templates"])
            .values_panic([1.into(), 1.into(), 80.into(), false.into()]);
        manager.execute(row).await
    }
}
