//! Passkeys: second factors that a user's device or security key holds.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    /// In hexadecimal, as the device names it.
    #[sea_orm(column_type = "Text")]
    pub credential_id: String,
    /// As the user calls it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// JSON of the public key and of what the device says of it. It is no secret.
    #[sea_orm(column_type = "Text")]
    pub credential: String,
    /// How often it has signed, as the device counts; 0: it does not, or has not been used here.
    pub counter: i64,
    /// The SHA-256 of what was kept of the challenge that it answered last.
    #[sea_orm(column_type = "Text", nullable)]
    pub answered: Option<String>,
    pub added_at: i64,
    pub used_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
