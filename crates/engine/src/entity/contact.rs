//! A customer.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// The company's own name, which nothing that Meta tells changes.
    #[sea_orm(column_type = "Text", nullable)]
    pub alias: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub username: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub wa_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub bsuid: Option<String>,
    pub created_at: i64,
    /// Meta's time of the message that the fields above were taken from.
    pub profile_at: Option<i64>,
    /// The main contact, which the company has merged it with. That one points to nobody.
    pub merged_into: Option<Uuid>,
    /// Since when it is being erased: it is nobody any more, and what it wrote is deleted.
    pub erased_at: Option<i64>,
    /// Since when it has no session: when it came, or its last session was deleted.
    pub alone_since: Option<i64>,
    /// When its words for the search were written; `None`: not yet.
    pub words_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
