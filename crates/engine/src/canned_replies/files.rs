//! The files of canned replies. Each is stored once, and kept as long as its reply has it. Whoever sends one gets a copy,
//! so that the message keeps its file, whatever becomes of the reply.

use crate::{
    Engine, Result,
    entity::{canned_reply, file},
    files::{
        copy,
        upload::{self, uploader},
    },
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    file::{FileState, UploadedFile},
    form::Problem,
    ids::{FileId, SessionId},
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The files of canned replies, by reply.
pub(super) async fn of(
    db: &impl ConnectionTrait,
    replies: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<UploadedFile>>> {
    let found = file::Entity::find()
        .filter(file::Column::CannedReplyId.is_in(replies))
        .order_by_asc(file::Column::Id)
        .all(db)
        .await?;
    let mut files: HashMap<Uuid, Vec<UploadedFile>> = HashMap::new();
    for row in found {
        if let Some(reply) = row.canned_reply_id {
            files.entry(reply).or_default().push(row.uploaded()?);
        }
    }
    Ok(files)
}

/// A file for a message in a session, if the actor may use a canned reply there that has it.
///
/// # Errors
/// `NotFound` if there is no such file (any more), or its reply is for another queue.
pub async fn attach(
    engine: &Engine,
    actor: &Actor,
    session: SessionId,
    file: FileId,
) -> Result<UploadedFile> {
    actor.require(Permission::CannedReplyRead)?;
    let session = upload::answering(engine, actor, session).await?;
    let db = engine.db.read();
    let original = file::Entity::find_by_id(file.uuid()).one(db).await?;
    let original = original.ok_or(Refusal::NotFound)?;
    let reply = original.canned_reply_id.ok_or(Refusal::NotFound)?;
    let usable = canned_reply::Entity::find_by_id(reply).filter(canned_reply::usable_in(session.queue_id));
    usable.one(db).await?.ok_or(Refusal::NotFound)?;
    let copy = copy::for_channel(engine, actor, original, session.channel_id).await?;
    copy.uploaded()
}

/// Makes these the files of a canned reply: those that it has already, and uploads of the actor.
///
/// # Errors
/// One of them is none of these, or is not here.
pub(super) async fn set(tx: &Transaction, reply: Uuid, files: &[FileId]) -> Result<()> {
    let ids: Vec<Uuid> = files.iter().map(|file| file.uuid()).collect();
    let uploads = Condition::all()
        .add(file::Column::CannedReplyId.is_null())
        .add(file::Column::ChannelId.eq(Uuid::nil()))
        .add(file::Column::State.eq(FileState::Here.as_str()))
        .add(file::Column::UploadedBy.eq(uploader(tx.actor())))
        // The others are being deleted.
        .add(file::Column::ExpiresAt.gt(tx.engine().clock().now().millis()));
    let own = Condition::any()
        .add(file::Column::CannedReplyId.eq(reply))
        .add(uploads);
    let these = file::Column::Id.is_in(ids.iter().copied());
    let kept = file::Entity::update_many()
        .col_expr(file::Column::CannedReplyId, Expr::value(reply))
        .col_expr(file::Column::ExpiresAt, Expr::value(None::<i64>))
        .filter(these)
        .filter(own)
        .exec(tx)
        .await?;
    if kept.rows_affected < ids.len() as u64 {
        return Err(Refusal::field("files", Problem::Unknown).into());
    }
    let others = file::Column::Id.is_not_in(ids);
    release(tx, reply, Condition::all().add(others)).await
}

/// A canned reply has none of these files any more: the next clean-up deletes them.
pub(super) async fn release(tx: &Transaction, reply: Uuid, these: Condition) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    file::Entity::update_many()
        .col_expr(file::Column::CannedReplyId, Expr::value(None::<Uuid>))
        .col_expr(file::Column::ExpiresAt, Expr::value(now))
        .filter(file::Column::CannedReplyId.eq(reply))
        .filter(these)
        .exec(tx)
        .await?;
    Ok(())
}
