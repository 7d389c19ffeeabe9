//! Keys by which requests of the REST API may be repeated.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sealed = ColumnDef::new("sealed").blob().null().take();
        let keys = table(
            "idempotency_keys",
            [
                id("token_id"),
                words("key"),
                words("fingerprint"),
                id("claim"),
                at("at"),
                at("leased_until"),
                at_null("effect_at"),
                words_null("key_id"),
                sealed,
            ],
        )
        .primary_key(Index::create().col("token_id").col("key"))
        .foreign_key(&mut refers("token_id", "api_tokens", "id"))
        .take();
        manager.create_table(keys).await?;
        manager
            .create_index(index("idempotency_keys_at", "idempotency_keys", ["at"]))
            .await
    }
}
