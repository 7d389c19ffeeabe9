//! A text that operators insert into their replies.

use domain::{
    canned_reply::CannedReply,
    ids::{CannedReplyId, QueueId},
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "canned_replies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub shortcut: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub queue_id: Option<Uuid>,
    pub changed_at: i64,
}

impl From<Model> for CannedReply {
    fn from(row: Model) -> Self {
        Self {
            id: CannedReplyId::new(row.id),
            shortcut: row.shortcut,
            text: row.text,
            queue: row.queue_id.map(QueueId::new),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
