//! By which way the file of a message goes to Meta. When WhatsApp cannot use it, the other way is tried once.

use super::stored;

use domain::file::{FileAttempt, FileWay};
use sea_orm::{QuerySelect as _, entity::prelude::*, sea_query::Expr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    pub channel_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub way: String,
    /// The other way failed before.
    pub is_second: bool,
    /// WhatsApp could not use the file.
    pub failed: bool,
    /// The other way is to be tried by a new message.
    pub retry_due: bool,
    /// When the message was written.
    pub at: i64,
}

impl Model {
    pub fn view(&self) -> crate::Result<FileAttempt> {
        Ok(FileAttempt {
            way: stored(&self.way)?,
            is_second: self.is_second,
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Meta's code: WhatsApp could not fetch or use the file of a message.
pub(crate) const MEDIA_FAILED: i64 = 131_053;

/// WhatsApp could not use the files of these messages. Returns whether the other way is to be tried for any of them:
/// those that were to be fetched from a link, for the first time.
pub(crate) async fn failed(db: &impl ConnectionTrait, messages: &[Uuid]) -> crate::Result<bool> {
    let of_these = Column::MessageId.is_in(messages.iter().copied());
    let update = || Entity::update_many().filter(of_these.clone());
    update()
        .col_expr(Column::Failed, Expr::value(true))
        .exec(db)
        .await?;
    let again = update()
        .col_expr(Column::RetryDue, Expr::value(true))
        .filter(Column::Way.eq(FileWay::Link.as_str()))
        .filter(Column::IsSecond.eq(false));
    Ok(again.exec(db).await?.rows_affected > 0)
}

/// Messages whose files are to be sent again by the other way.
pub(crate) async fn due(db: &impl ConnectionTrait) -> crate::Result<Vec<Uuid>> {
    let due = Entity::find().select_only().column(Column::MessageId);
    Ok(due.filter(Column::RetryDue.eq(true)).into_tuple().all(db).await?)
}
