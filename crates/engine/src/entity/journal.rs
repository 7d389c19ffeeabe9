//! A batch of deliveries that was acknowledged with one commit.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub received_at: i64,
    /// How many deliveries the batch holds.
    pub deliveries: i64,
    /// Failed tries to apply all of it at once.
    pub attempts: i64,
    pub applied_at: Option<i64>,
    /// The deliveries, in the form of `crate::inbound::journal`.
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
