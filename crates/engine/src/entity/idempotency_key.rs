//! A request of the REST API with a key by which it may be repeated: who makes it, whether it has had its effect, and its
//! answer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// The SHA-256 of the call, in hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// Whoever makes the call; whoever makes it again has another one.
    pub claim: Uuid,
    pub at: i64,
    /// Until then, whoever makes the call is taken to be at it.
    pub leased_until: i64,
    /// Set by the transaction of the effect.
    pub effect_at: Option<i64>,
    /// The master key that seals the answer.
    #[sea_orm(column_type = "Text", nullable)]
    pub key_id: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub sealed: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
