//! The second factor of a user's log-ins: the secret that they share with an app.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// The master key that seals it.
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    #[sea_orm(column_type = "Blob")]
    pub sealed: Vec<u8>,
    pub begun_at: i64,
    /// The SHA-256 of what the web session holds that has begun it.
    #[sea_orm(column_type = "Text")]
    pub begun_by: String,
    /// `None`: the user has not yet shown by a code that their app has the secret.
    pub on_since: Option<i64>,
    /// The step of time of the newest code that was used.
    pub used_step: i64,
    /// The recovery codes that were used, each a bit.
    pub used_codes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
