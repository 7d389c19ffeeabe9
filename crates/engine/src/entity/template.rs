//! A message template of a messaging account, as Meta last told it. The states are Meta's words.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub waba_id: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub template_id: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub language: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub category: Option<String>,
    /// The category that Meta is going to give it.
    #[sea_orm(column_type = "Text", nullable)]
    pub coming_category: Option<String>,
    pub category_changes_at: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub quality: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rejected_reason: Option<String>,
    /// Meta's sentences on the reason; only webhooks tell them.
    #[sea_orm(column_type = "Text", nullable)]
    pub explanation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub recommendation: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub parameter_format: Option<String>,
    /// JSON.
    #[sea_orm(column_type = "Text")]
    pub components: String,
    pub synced_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
