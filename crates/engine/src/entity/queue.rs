//! A message queue.

use domain::pick_up_mode::PickUp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queues")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub pick_up: String,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    /// Its sessions are given to members who are online.
    pub distributes: bool,
}

impl Model {
    pub fn pick_up_mode(&self) -> crate::Result<PickUp> {
        super::stored(&self.pick_up)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
