//! What only one engine at a time may do, which engine does it, and until when.

use sea_orm::entity::prelude::*;

/// Applying what the journal holds.
pub const JOURNAL: &str = "journal";

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    pub held_by: Option<Uuid>,
    /// Milliseconds, by the clock of the engine that holds it.
    pub held_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
