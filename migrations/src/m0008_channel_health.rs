//! The facts that a channel's health is derived from, pauses, deletion, and where sessions go when the destination is
//! gone.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            id_null("fallback_extension_id"),
            id_null("fallback_queue_id"),
            at_null("paused_at"),
            at_null("deleted_at"),
            at_null("last_status_at"),
            // The number of consecutive deliveries with a wrong signature, and the time of the last one.
            number("signature_failures").default(0).take(),
            at_null("signature_failed_at"),
            at_null("doctor_at"),
        ];
        for mut column in columns {
            // SQLite can add only one column at a time.
            manager
                .alter_table(Table::alter().table("channels").add_column(&mut column).take())
                .await?;
        }
        let mut findings = table(
            "channel_findings",
            [
                id("channel_id"),
                words("name"),
                words("state"),
                words("seen"),
                at("at"),
            ],
        );
        findings
            .primary_key(Index::create().col("channel_id").col("name"))
            .foreign_key(&mut refers("channel_id", "channels", "id"));
        manager.create_table(findings).await
    }
}
