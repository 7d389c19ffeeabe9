//! What a user has typed and not sent.

use super::stored;
use domain::{draft::Draft, ids::SessionId, time::Timestamp};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub changed_at: i64,
}

impl Model {
    pub fn draft(self) -> crate::Result<Draft> {
        Ok(Draft {
            session: SessionId::new(self.session_id),
            kind: stored(&self.kind)?,
            text: self.text,
            changed_at: Timestamp::from_millis(self.changed_at),
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
