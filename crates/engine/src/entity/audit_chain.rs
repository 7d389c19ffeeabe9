//! The ends of the audit log's chain: one row.

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub const ONLY: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_chain")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The newest row.
    pub number: i64,
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// The last row before the first that is kept and chained.
    pub from_number: i64,
    #[sea_orm(column_type = "Text")]
    pub from_hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
