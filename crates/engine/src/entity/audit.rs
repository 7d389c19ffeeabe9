//! Who did what, from where, and with what outcome.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    #[sea_orm(column_type = "Text")]
    pub actor: String,
    #[sea_orm(column_type = "Text")]
    pub action: String,
    #[sea_orm(column_type = "Text")]
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
    /// Counts the rows, without a gap.
    pub number: i64,
    /// The client's IP address; none for what the process does by itself.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// `done` or `refused`.
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    /// See `audit::chain`; empty in rows from before the chain.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
