//! The uploaded file that goes with a message: whether it may, and how the call to Meta names it.

use crate::{
    Engine, Result,
    entity::{file, outbox, session, stored},
    files::{link, upload::uploader},
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    file::{FileState, FileWay},
    form::Problem,
    ids::FileId,
    message::{Outgoing, content::Content},
    refusal::Refusal,
};
use media::limits::Kind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Lets a message have a file: it is kept as long as sent files are, and the worker that uploads to Meta is told, unless
/// WhatsApp fetches it from a link.
///
/// # Errors
/// The actor did not upload it, it was uploaded for another channel, or it is not here (any more).
pub(crate) async fn take(
    tx: &Transaction,
    session: &session::Model,
    outgoing: &Outgoing,
    id: FileId,
    retry: bool,
    way: FileWay,
) -> Result<FileId> {
    let field = match &outgoing.content {
        Content::Template(_) => "header.file".to_owned(),
        Content::Interactive(_) => "interactive.header.file".to_owned(),
        other => format!("{}.file", other.kind()),
    };
    let row = file::Entity::find_by_id(id.uuid()).one(tx).await?;
    let uploader = uploader(tx.actor());
    // Whoever may send the message again may send its file again.
    let row = row.filter(|row| {
        row.channel_id == session.channel_id && (retry || row.uploaded_by.as_ref() == Some(&uploader))
    });
    let Some(row) = row else {
        return Err(Refusal::field(&field, Problem::Unknown).into());
    };
    match stored(&row.state)? {
        FileState::Here => {}
        FileState::Uploading => return Err(Refusal::field(&field, Problem::Required).into()),
        _ => return Err(Refusal::FileGone.into()),
    }
    fits(outgoing, &row, &field)?;
    let now = tx.engine().clock().now();
    let until = now
        .plus(tx.engine().keep_sent)
        .millis()
        .max(row.expires_at.unwrap_or(0));
    let mut update = file::Entity::update_many().col_expr(file::Column::ExpiresAt, Expr::value(until));
    // A transfer that is under way for another message may just be ending without it, so this one begins anew.
    let at_meta = row.media_until.is_some_and(|until| until > now.millis());
    if way == FileWay::Upload && !at_meta {
        update = update
            .col_expr(file::Column::DueAt, Expr::value(now.millis()))
            .col_expr(file::Column::Attempts, Expr::value(0_i64));
    }
    update.filter(file::Column::Id.eq(row.id)).exec(tx).await?;
    tx.wake(Worker::Upload);
    Ok(id)
}

/// Whether WhatsApp takes the file as this kind of message: as the kind that fits it best, or as a document.
fn fits(outgoing: &Outgoing, row: &file::Model, field: &str) -> Result<()> {
    let kind = outgoing.content.media_kind().unwrap_or_default();
    if let Ok(kind) = kind.parse::<Kind>()
        && row.bytes() > Some(kind.max_size())
    {
        return Err(Refusal::FileTooLarge {
            most: kind.max_size(),
        }
        .into());
    }
    match kind == Kind::Document.as_str() || row.kind.as_deref() == Some(kind) {
        true => Ok(()),
        false => Err(Refusal::field(field, Problem::WrongType).into()),
    }
}

/// Names the file as Meta gets it: by a link, or as what was uploaded before. `false`: it is gone.
pub(super) async fn name(
    engine: &Engine,
    job: &outbox::Model,
    content: &mut Content,
    id: FileId,
) -> Result<bool> {
    let row = file::Entity::find_by_id(id.uuid()).one(engine.db.read()).await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let document = content.media_kind() == Some(Kind::Document.as_str());
    let Some(media) = content.media_mut() else {
        return Ok(false);
    };
    media.file = None;
    match (job.by_link, row.media_id) {
        (true, _) => media.link = Some(link::address(engine, row.id)),
        (false, Some(media_id)) => media.id = Some(media_id),
        (false, None) => return Ok(false),
    }
    // Without a name WhatsApp shows "Untitled".
    if document && media.filename.is_none() {
        media.filename = row.filename;
    }
    Ok(true)
}
