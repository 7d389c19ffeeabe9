//! Communication channels, and their secrets in a table of their own.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut channels = table(
            "channels",
            [
                key("id"),
                number("version"),
                words("name"),
                words("webhook_id"),
                words("verify_token"),
                words_null("phone_number"),
                words_null("phone_number_id"),
                words_null("waba_id"),
                id_null("extension_id"),
                id_null("queue_id"),
                at_null("handshake_at"),
                at_null("last_inbound_at"),
                words("token_state"),
                at_null("token_checked_at"),
                words_null("token_answer"),
                at("created_at"),
            ],
        );
        channels
            .foreign_key(&mut refers("extension_id", "extensions", "id"))
            .foreign_key(&mut refers("queue_id", "queues", "id"));
        manager.create_table(channels).await?;
        manager
            .create_index(unique("channels_webhook", "channels", ["webhook_id"]))
            .await?;
        manager
            .create_index(unique(
                "channels_phone_number_id",
                "channels",
                ["phone_number_id"],
            ))
            .await?;

        let mut secrets = table(
            "channel_secrets",
            [
                id("channel_id"),
                // access_token | app_secret
                words("kind"),
                words("key_id"),
                bytes("sealed"),
                words("last_four"),
                // Two channels of one Meta app have the same fingerprint; it reveals nothing about the secret without
                // the master key.
                words("fingerprint"),
                at("created_at"),
            ],
        );
        secrets
            .primary_key(Index::create().col("channel_id").col("kind"))
            .foreign_key(&mut refers("channel_id", "channels", "id"));
        manager.create_table(secrets).await
    }
}
