//! Files that users and scripts upload, to send them. An upload grows on the disk, so that it goes on after a broken
//! line or a restart where it stopped. Once it is complete it goes into the store, and a message may name it.

use crate::{
    Engine, Error, Result,
    entity::{file, session, stored},
    files::{busy::Place, keep, look, space},
    sessions::access,
};
use bytes::Bytes;
use domain::{
    access::{Actor, Permission},
    file::{FileState, UploadView, file_name},
    form::Problem,
    ids::{FileId, SessionId},
    message::Direction,
    refusal::Refusal,
};
use futures::{Stream, StreamExt as _};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr};
use std::io;
use tokio::{
    fs,
    io::{AsyncSeekExt as _, AsyncWriteExt as _},
};
use uuid::Uuid;

/// Uploads that one user or token may have unfinished.
const MAX_UNFINISHED: u64 = 100;

/// What a file is uploaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Session(SessionId),
    /// One that is written now, or changed.
    CannedReply,
}

/// How far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are here.
    pub offset: u64,
    /// Bytes of the whole file.
    pub size: u64,
}

/// Begins the upload of a file.
pub async fn begin(
    engine: &Engine,
    actor: &Actor,
    purpose: Purpose,
    filename: &str,
    size: u64,
) -> Result<FileId> {
    let db = engine.db.read();
    let channel_id = match purpose {
        Purpose::Session(id) => answering(engine, actor, id).await?.channel_id,
        Purpose::CannedReply => {
            actor.require(Permission::CannedReplyChange)?;
            Uuid::nil()
        }
    };
    if size == 0 {
        return Err(Refusal::field("size", Problem::Required).into());
    }
    if size > engine.files.most {
        return Err(Refusal::FileTooLarge {
            most: engine.files.most,
        }
        .into());
    }
    if !space::is_left(engine, size) {
        tracing::warn!("the disk is nearly full: an upload was refused (files.free_mb)");
        return Err(Refusal::NoSpace.into());
    }
    let uploader = uploader(actor);
    let unfinished = file::Entity::find()
        .filter(file::Column::UploadedBy.eq(&uploader))
        .filter(file::Column::State.eq(FileState::Uploading.as_str()));
    if unfinished.count(db).await? >= MAX_UNFINISHED {
        return Err(Refusal::Busy { seconds: 60 }.into());
    }
    let now = engine.clock().now();
    let row = file::Model {
        id: engine.clock().new_id(),
        channel_id,
        direction: Direction::Outbound.as_str().to_owned(),
        state: FileState::Uploading.as_str().to_owned(),
        filename: file_name(filename),
        kind: None,
        mime_type: None,
        size: Some(keep::stored_size(size)),
        sha256: None,
        uploaded_by: Some(uploader),
        media_id: None,
        media_until: None,
        attempts: 0,
        due_at: None,
        claimed_by: None,
        created_at: now.millis(),
        expires_at: Some(now.plus(keep::UNFINISHED).millis()),
        canned_reply_id: None,
    };
    let file = FileId::new(row.id);
    keep::create(&engine.files.growing(row.id))
        .await
        .map_err(unwritable)?;
    let tx = engine.transaction(actor).await?;
    file::Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(file)
}

/// The session, if the actor may reply in it.
pub(crate) async fn answering(engine: &Engine, actor: &Actor, id: SessionId) -> Result<session::Model> {
    let db = engine.db.read();
    let session = access::find(db, actor, id, false).await?;
    let access = access::session_access(db, actor.extension(), &session).await?;
    access.reply(actor)?;
    Ok(session)
}

/// How far the upload is. One that was cut off at its very end is completed.
pub async fn progress(engine: &Engine, actor: &Actor, id: FileId) -> Result<Progress> {
    let row = own(engine, actor, id).await?;
    let size = row.bytes().unwrap_or(0);
    if stored::<FileState>(&row.state)? != FileState::Uploading {
        return Ok(Progress { offset: size, size });
    }
    let offset = length(engine, row.id).await?;
    if offset == size {
        let _place = place(engine, row.id)?;
        complete(engine, actor, row).await?;
    }
    Ok(Progress { offset, size })
}

/// Adds a part that begins at `offset`, and completes the file with its last part. Of a part that is cut off, what has
/// come is kept.
pub async fn append(
    engine: &Engine,
    actor: &Actor,
    id: FileId,
    offset: u64,
    part: impl Stream<Item = io::Result<Bytes>>,
) -> Result<Progress> {
    let row = own(engine, actor, id).await?;
    let size = row.bytes().unwrap_or(0);
    if stored::<FileState>(&row.state)? != FileState::Uploading {
        return match offset == size {
            true => Ok(Progress { offset, size }),
            false => Err(Refusal::WrongOffset { offset: size }.into()),
        };
    }
    let _place = place(engine, row.id)?;
    let there = length(engine, row.id).await?;
    if there != offset {
        return Err(Refusal::WrongOffset { offset: there }.into());
    }
    let mut upload = fs::OpenOptions::new()
        .write(true)
        .open(engine.files.growing(row.id))
        .await
        .map_err(unwritable)?;
    upload
        .seek(io::SeekFrom::Start(offset))
        .await
        .map_err(unwritable)?;
    let mut offset = offset;
    let mut part = std::pin::pin!(part);
    let cut = loop {
        let bytes = match part.next().await {
            None => break false,
            Some(Err(_)) => break true,
            Some(Ok(bytes)) => bytes,
        };
        if offset + bytes.len() as u64 > size {
            return Err(Refusal::WrongOffset { offset }.into());
        }
        upload.write_all(&bytes).await.map_err(unwritable)?;
        offset += bytes.len() as u64;
    };
    upload.flush().await.map_err(unwritable)?;
    if cut {
        return Err(Error::Unavailable("the upload was cut off"));
    }
    if offset == size {
        complete(engine, actor, row).await?;
    }
    Ok(Progress { offset, size })
}

/// Gives an unfinished upload up.
pub async fn discard(engine: &Engine, actor: &Actor, id: FileId) -> Result<()> {
    let row = own(engine, actor, id).await?;
    let _place = place(engine, row.id)?;
    // A message may name a complete file, which goes when its time is over.
    if stored::<FileState>(&row.state)? == FileState::Uploading {
        let tx = engine.transaction(actor).await?;
        file::Entity::delete_by_id(row.id).exec(&tx).await?;
        tx.commit().await?;
        remove(engine, row.id).await;
    }
    Ok(())
}

/// What a complete upload is.
pub async fn view(engine: &Engine, actor: &Actor, id: FileId) -> Result<UploadView> {
    Ok(own(engine, actor, id).await?.uploaded()?.upload)
}

/// Makes a complete upload fit to be sent, and puts it into the store.
async fn complete(engine: &Engine, actor: &Actor, row: file::Model) -> Result<()> {
    let look = look::sendable(engine.files.growing(row.id));
    let look = look.await.map_err(unwritable)?;
    let put = engine.files.put(row.id, &look.path, look.small).await;
    let written = put.map_err(unwritable)?;
    let filename = row
        .filename
        .as_deref()
        .map(|name| keep::named(name, &look.mime_type));
    let until = engine.clock().now().plus(keep::UNFINISHED).millis();
    let tx = engine.transaction(actor).await?;
    file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(FileState::Here.as_str()))
        .col_expr(file::Column::Filename, Expr::value(filename))
        .col_expr(file::Column::MimeType, Expr::value(look.mime_type))
        .col_expr(file::Column::Kind, Expr::value(look.kind.as_str()))
        .col_expr(file::Column::Size, Expr::value(keep::stored_size(written.size)))
        .col_expr(file::Column::Sha256, Expr::value(hex::encode(written.sha256)))
        .col_expr(file::Column::ExpiresAt, Expr::value(until))
        .filter(file::Column::Id.eq(row.id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    remove(engine, row.id).await;
    Ok(())
}

/// What cannot be deleted now is swept later, and no reason to fail.
async fn remove(engine: &Engine, id: Uuid) {
    let _ = keep::remove(engine, id).await;
}

/// The file, if the actor uploads it.
async fn own(engine: &Engine, actor: &Actor, id: FileId) -> Result<file::Model> {
    let found = file::Entity::find_by_id(id.uuid())
        .filter(file::Column::UploadedBy.eq(uploader(actor)))
        .one(engine.db.read())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// How a file names the user or token that uploads it.
pub(crate) fn uploader(actor: &Actor) -> String {
    match actor {
        Actor::User(me) => format!("user:{}", me.id),
        Actor::Token { id, .. } => format!("token:{id}"),
        Actor::System => "system".to_owned(),
    }
}

async fn length(engine: &Engine, id: Uuid) -> Result<u64> {
    match fs::metadata(engine.files.growing(id)).await {
        Ok(upload) => Ok(upload.len()),
        // It was swept: there is nothing to go on with.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Refusal::NotFound.into()),
        Err(error) => Err(unwritable(error)),
    }
}

fn unwritable(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::StorageFull {
        tracing::error!(%error, "the disk is full: an upload was refused");
        return Refusal::NoSpace.into();
    }
    tracing::error!(%error, "an upload cannot be written");
    Error::Unavailable("an upload cannot be written")
}

/// # Errors
/// Another request writes to the upload now.
fn place(engine: &Engine, id: Uuid) -> Result<Place<'_>> {
    Ok(engine.uploads.take(id).ok_or(Refusal::Busy { seconds: 1 })?)
}
