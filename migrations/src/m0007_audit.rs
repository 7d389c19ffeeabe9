//! Who changed what and when; it never contains a secret's value.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "audit",
                [
                    key("id"),
                    at("at"),
                    words("actor"),
                    words("action"),
                    words("subject_kind"),
                    id_null("subject_id"),
                    words_null("detail"),
                ],
            ))
            .await?;
        manager
            .create_index(index(
                "audit_subject",
                "audit",
                ["subject_kind", "subject_id", "id"],
            ))
            .await
    }
}
