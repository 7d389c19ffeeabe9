//! When Meta was asked for the templates of a messaging account, and what came of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "template_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub waba_id: String,
    /// When Meta is asked again. While it is being asked, when the claim of the engine that asks ends.
    pub due_at: i64,
    pub tried_at: Option<i64>,
    /// When Meta last told all templates.
    pub synced_at: Option<i64>,
    /// JSON: why Meta could not be asked the last time.
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
