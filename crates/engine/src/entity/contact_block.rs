//! A customer whom the company has blocked on one of its numbers, or is about to.

use domain::{contact_block::ContactBlock, time::Timestamp};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_blocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub phone_number_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub blocked_by: Option<String>,
    /// `None`: not blocked.
    pub blocked_at: Option<i64>,
    /// Until then a call to Meta about it is under way.
    pub calling_until: Option<i64>,
}

impl Model {
    pub fn block(&self) -> Option<ContactBlock> {
        Some(ContactBlock {
            by: self.blocked_by.clone().unwrap_or_default(),
            at: Timestamp::from_millis(self.blocked_at?),
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
