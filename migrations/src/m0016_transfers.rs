//! Who moved a session, why, and from whom; and how many calls to Meta for a message ended without a known outcome.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut doubts = number("doubts").default(0).take();
        for (table, column) in [
            ("outbox", &mut doubts),
            ("session_moments", &mut words_null("done_by")),
            ("session_moments", &mut words_null("reason")),
            // The extension that lost the session; it may learn where the session went.
            ("session_moments", &mut id_null("lost_by")),
        ] {
            let add = Table::alter().table(table).add_column(column).take();
            manager.alter_table(add).await?;
        }
        partial_index(
            manager,
            false,
            "session_moments_lost_by",
            "session_moments",
            "lost_by, session_id",
            "lost_by IS NOT NULL",
        )
        .await
    }
}
