//! Message templates of messaging accounts, and which channels may send them.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut allowed = ColumnDef::new("templates_allowed");
        let mut change = Table::alter();
        change
            .table("channels")
            .add_column(allowed.boolean().not_null().default(false));
        manager.alter_table(change.take()).await?;

        let mut templates = table(
            "templates",
            [
                // Meta's ids.
                words("waba_id"),
                words("template_id"),
                words("name"),
                words("language"),
                words_null("category"),
                words_null("coming_category"),
                at_null("category_changes_at"),
                words("status"),
                words_null("quality"),
                words_null("rejected_reason"),
                words_null("explanation"),
                words_null("recommendation"),
                words_null("parameter_format"),
                // JSON, as Meta lists them.
                words("components"),
                at("synced_at"),
            ],
        );
        let mut primary = Index::create();
        primary.col("waba_id").col("template_id");
        templates.primary_key(&mut primary);
        manager.create_table(templates).await?;
        manager
            .create_index(index("templates_by_name", "templates", ["waba_id", "name"]))
            .await?;

        let accounts = table(
            "template_accounts",
            [
                words("waba_id").primary_key().take(),
                // When Meta is asked again.
                at("due_at"),
                at_null("tried_at"),
                at_null("synced_at"),
                // JSON: why Meta could not be asked the last time.
                words_null("failure"),
            ],
        );
        manager.create_table(accounts).await
    }
}
