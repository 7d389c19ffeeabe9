//! A message queue.

use domain::pick_up::PickUp;
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
}

impl Model {
    pub fn pick_up_mode(&self) -> crate::Result<PickUp> {
        let unknown = |_| crate::Error::Corrupt(format!("pick-up mode {}", self.pick_up));
        self.pick_up.parse().map_err(unknown)
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
