//! One extension of the PBX.

use domain::{ids::ExtensionId, refs::ExtensionRef};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "extensions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub number: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    /// Open sessions up to which it is given more.
    pub capacity: Option<i64>,
}

impl From<Model> for ExtensionRef {
    fn from(row: Model) -> Self {
        Self {
            id: ExtensionId::new(row.id),
            number: row.number,
            name: row.name,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
