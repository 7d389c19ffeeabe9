//! One change that streams tell of. Numbers only rise.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub number: i64,
    pub at: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Who may see it, as JSON; `None`: everybody.
    #[sea_orm(column_type = "Text", nullable)]
    pub audience: Option<String>,
    pub session_id: Option<Uuid>,
    pub message_id: Option<Uuid>,
    pub channel_id: Option<Uuid>,
    /// JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
