//! How many delivered messages of a channel and a month are charged alike.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_costs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub month: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// Two letters, or nothing.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub country: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub category: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub charge: String,
    pub messages: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
