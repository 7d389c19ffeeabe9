//! Extensions, users, their browser sessions, API tokens and one-time links.

use crate::columns::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(table(
                "extensions",
                [
                    key("id"),
                    words("number"),
                    words("name"),
                    at_null("disabled_at"),
                    at("created_at"),
                ],
            ))
            .await?;
        manager
            .create_index(unique("extensions_number", "extensions", ["number"]))
            .await?;

        let mut people = table(
            "people",
            [
                key("id"),
                words("login"),
                words("name"),
                words("role"),
                words("password_hash"),
                words_null("language"),
                id_null("extension_id"),
                at_null("disabled_at"),
                at("created_at"),
            ],
        );
        manager
            .create_table(
                people
                    .foreign_key(&mut refers("extension_id", "extensions", "id"))
                    .take(),
            )
            .await?;
        manager
            .create_index(unique("people_login", "people", ["login"]))
            .await?;
        manager
            .create_index(unique("people_extension", "people", ["extension_id"]))
            .await?;

        manager
            .create_table(table(
                "web_sessions",
                [
                    words("id_hash").primary_key().take(),
                    id_null("person_id"),
                    words("data"),
                    at("expires_at"),
                ],
            ))
            .await?;
        manager
            .create_index(index("web_sessions_person", "web_sessions", ["person_id"]))
            .await?;
        manager
            .create_index(index("web_sessions_expires", "web_sessions", ["expires_at"]))
            .await?;

        manager
            .create_table(table(
                "api_tokens",
                [
                    key("id"),
                    words("name"),
                    words("scope"),
                    words("token_hash"),
                    at("created_at"),
                    at_null("revoked_at"),
                ],
            ))
            .await?;
        manager
            .create_index(unique("api_tokens_hash", "api_tokens", ["token_hash"]))
            .await?;

        manager
            .create_table(table(
                "setup_links",
                [words("token_hash").primary_key().take(), at("expires_at")],
            ))
            .await
    }
}
