//! Which master key seals the secrets. There is one row, with the id [`ONLY`].

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub const ONLY: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "master_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// The key of the app secrets' fingerprints, sealed; `None`: it is derived from the master key, which is still the
    /// first one.
    #[sea_orm(column_type = "Blob", nullable)]
    pub fingerprint_key: Option<Vec<u8>>,
    pub since: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
