//! A text and files that operators insert into their replies.

use domain::{
    canned_reply::CannedReply,
    file::UploadedFile,
    ids::{CannedReplyId, QueueId},
};
use sea_orm::{Condition, entity::prelude::*};

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

impl Model {
    pub fn with(self, files: Vec<UploadedFile>) -> CannedReply {
        CannedReply {
            id: CannedReplyId::new(self.id),
            shortcut: self.shortcut,
            text: self.text,
            queue: self.queue_id.map(QueueId::new),
            files,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Those for sessions of a queue, and for all sessions.
pub(crate) fn usable_in(queue: Option<Uuid>) -> Condition {
    let everywhere = Condition::any().add(Column::QueueId.is_null());
    everywhere.add_option(queue.map(|queue| Column::QueueId.eq(queue)))
}
