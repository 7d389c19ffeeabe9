//! A browser to which alerts are pushed while it is logged in. Its log-in's row takes it along when it is deleted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_subscriptions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    /// The key of `web_sessions`.
    #[sea_orm(column_type = "Text")]
    pub login_hash: String,
    #[sea_orm(column_type = "Text")]
    pub endpoint: String,
    /// The browser's public key, as base64url.
    #[sea_orm(column_type = "Text")]
    pub p256dh: String,
    /// The browser's authentication secret, as base64url.
    #[sea_orm(column_type = "Text")]
    pub auth: String,
    /// That of the page, for a user who has not chosen one.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    pub created_at: i64,
    /// When the push service last accepted a message, to the hour.
    pub succeeded_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
