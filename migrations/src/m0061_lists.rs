//! Indexes of lists: the latest session of a contact is the end of its stretch, and the rows of the audit log that a filter takes
//! are one.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_contact = index(
            "sessions_contact_by_time",
            "sessions",
            ["contact_id", "last_message_at", "id"],
        );
        manager.create_index(of_contact).await?;
        for (name, column) in [
            ("audit_at", "at"),
            ("audit_about", "subject_kind"),
            ("audit_address", "address"),
            ("audit_outcome", "outcome"),
        ] {
            manager
                .create_index(index(name, "audit", [column, "number"]))
                .await?;
        }
        // From here on nobody reads sessions until the end.
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX sessions_contact").await?;
        Ok(())
    }
}
