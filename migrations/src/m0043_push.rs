//! Browsers to which alerts are pushed, and the key and the progress of whoever pushes.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut subscriptions = table(
            "push_subscriptions",
            [
                key("id"),
                id("user_id"),
                words("login_hash"),
                words("endpoint"),
                words("p256dh"),
                words("auth"),
                words("language"),
                at("created_at"),
                at_null("succeeded_at"),
            ],
        );
        // Whoever logs out, or is logged out, is pushed nothing any more.
        let mut login = refers("login_hash", "web_sessions", "id_hash")
            .on_delete(ForeignKeyAction::Cascade)
            .take();
        subscriptions
            .foreign_key(&mut refers("user_id", "people", "id"))
            .foreign_key(&mut login);
        manager.create_table(subscriptions).await?;
        for index in [
            unique("push_subscriptions_endpoint", "push_subscriptions", ["endpoint"]),
            index("push_subscriptions_login", "push_subscriptions", ["login_hash"]),
            index("push_subscriptions_user", "push_subscriptions", ["user_id"]),
        ] {
            manager.create_index(index).await?;
        }
        let one = ColumnDef::new("id").integer().not_null().primary_key().take();
        let sender = table(
            "push_sender",
            [
                one,
                words("key_id"),
                bytes("sealed"),
                number("told"),
                at("created_at"),
            ],
        );
        manager.create_table(sender).await
    }
}
