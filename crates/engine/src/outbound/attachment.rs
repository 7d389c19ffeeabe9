//! The uploaded file that goes with a message: whether it may, and how the call to Meta names it.

use crate::{
    Result,
    entity::{file, session, stored},
    files::upload::uploader,
    transaction::Transaction,
    wakes::Worker,
};
use domain::{file::FileState, form::Problem, ids::FileId, message::Outgoing, refusal::Refusal};
use media::limits::Kind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Map, Value, json};

/// Lets a message have a file: it is kept as long as sent files are, and the worker that uploads to Meta is told.
///
/// # Errors
/// The actor did not upload it, it was uploaded for another channel, or it is not here (any more).
pub(crate) async fn take(
    tx: &Transaction,
    session: &session::Model,
    outgoing: &Outgoing,
    id: FileId,
    retry: bool,
) -> Result<FileId> {
    let field = format!("{}.file", outgoing.content.kind());
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
    if row.media_until.is_none_or(|until| until <= now.millis()) {
        update = update
            .col_expr(file::Column::DueAt, Expr::value(now.millis()))
            .col_expr(file::Column::Attempts, Expr::value(0));
    }
    update.filter(file::Column::Id.eq(row.id)).exec(tx).await?;
    tx.wake(Worker::Upload);
    Ok(id)
}

/// Whether WhatsApp takes the file as this kind of message: as the kind that fits it best, or as a document.
fn fits(outgoing: &Outgoing, row: &file::Model, field: &str) -> Result<()> {
    let kind = outgoing.content.kind();
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

/// Names the file as Meta knows it. `false`: Meta does not have it.
pub(super) async fn name_at_meta(
    db: &impl ConnectionTrait,
    message: &mut Map<String, Value>,
    id: FileId,
) -> Result<bool> {
    let row = file::Entity::find_by_id(id.uuid()).one(db).await?;
    let Some((row, media_id)) = row.and_then(|row| Some((row.clone(), row.media_id?))) else {
        return Ok(false);
    };
    let kind = message
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let Some(Value::Object(media)) = message.get_mut(&kind) else {
        return Ok(false);
    };
    media.remove("file");
    media.insert("id".to_owned(), json!(media_id));
    // Without a name WhatsApp shows "Untitled".
    if let Some(filename) = row.filename.filter(|_| kind == "document") {
        media.entry("filename").or_insert(json!(filename));
    }
    Ok(true)
}
