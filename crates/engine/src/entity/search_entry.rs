//! A message or a note in the index of words. The words themselves are only in the index.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_entries")]
pub struct Model {
    /// The later, the higher.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The message, or the line of the timeline.
    pub entry_id: Uuid,
    pub session_id: Uuid,
    pub note: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
