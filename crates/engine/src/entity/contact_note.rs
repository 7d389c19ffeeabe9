//! What a company notes about a customer.

use domain::{contact_note::ContactNote, time::Timestamp};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_notes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub version: i64,
    #[sea_orm(column_type = "Text")]
    pub changed_by: String,
    pub changed_at: i64,
}

impl From<Model> for ContactNote {
    fn from(row: Model) -> Self {
        Self {
            text: row.text,
            version: row.version,
            by: Some(row.changed_by),
            at: Some(Timestamp::from_millis(row.changed_at)),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
