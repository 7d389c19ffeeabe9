//! Who pushes, as push services see it, and how far it has come. There is at most one row, with the id [`ONLY`].

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub const ONLY: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_sender")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The master key that seals it.
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    /// The VAPID key pair.
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    /// The number of the event up to which browsers were told.
    pub told: i64,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
