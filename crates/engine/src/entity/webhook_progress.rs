//! How far the events have been handed to webhooks, and how many calls there were. There is at most one row, with the id [`ONLY`].

use sea_orm::entity::prelude::*;

pub const ONLY: i64 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The number of the newest event that was handed to the webhooks that want it.
    pub told: i64,
    /// The place of the newest call.
    pub place: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
