//! The journal: every accepted delivery, stored before it is processed. Bodies are in a table of their own, apart from
//! the rows that are listed, and expire.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "deliveries",
                [
                    key("id"),
                    id("channel_id"),
                    at("received_at"),
                    // The fingerprint of the app secret that signed the delivery.
                    words("signed_by"),
                    number("attempts"),
                    at_null("processed_at"),
                ],
            ))
            .await?;
        partial_index(
            manager,
            false,
            "deliveries_unprocessed",
            "deliveries",
            "id",
            "processed_at IS NULL",
        )
        .await?;
        manager
            .create_index(index("deliveries_processed", "deliveries", ["processed_at"]))
            .await?;
        manager
            .create_table(table("delivery_bodies", [key("delivery_id"), bytes("body")]))
            .await?;
        manager
            .create_table(table(
                "dead_letters",
                [
                    key("id"),
                    id("delivery_id"),
                    number("position"),
                    at("at"),
                    words("reason"),
                    words_null("detail"),
                    words_null("phone_number_id"),
                    id("channel_id"),
                    words("raw"),
                ],
            ))
            .await?;
        manager
            .create_index(unique(
                "dead_letters_item",
                "dead_letters",
                ["delivery_id", "position"],
            ))
            .await
    }
}
