//! One request to a webhook, and what came of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook_id: Uuid,
    pub event_id: Uuid,
    pub at: i64,
    pub milliseconds: i64,
    /// `None`: there was no answer.
    pub status: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
    /// The beginning of the answer.
    #[sea_orm(column_type = "Text")]
    pub excerpt: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
