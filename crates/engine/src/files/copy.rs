//! A stored file that is sent without another upload: the sender gets a copy, which from then on is a file like one that
//! they have uploaded themselves.

use crate::{
    Engine, Error, Result,
    entity::file,
    files::{keep, upload::uploader},
};
use domain::{access::Actor, message::Direction, refusal::Refusal};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use std::{io, time::Duration};
use uuid::Uuid;

/// Copies and uploads that one user or token may have made in the last [`MINUTE`] and not sent.
const MAX_COPIES: u64 = 100;
const MINUTE: Duration = Duration::from_secs(60);

/// # Errors
/// `NotFound` if the original has been deleted meanwhile, `Busy` after too many copies.
pub(crate) async fn for_channel(
    engine: &Engine,
    actor: &Actor,
    original: file::Model,
    channel_id: Uuid,
) -> Result<file::Model> {
    let (now, uploader) = (engine.clock().now(), uploader(actor));
    let waiting = file::Entity::find()
        .filter(file::Column::ExpiresAt.gt(now.plus(keep::UNFINISHED).minus(MINUTE).millis()))
        .filter(file::Column::ExpiresAt.lte(now.plus(keep::UNFINISHED).millis()))
        .filter(file::Column::UploadedBy.eq(&uploader));
    if waiting.count(engine.db.read()).await? >= MAX_COPIES {
        return Err(Refusal::Busy { seconds: 60 }.into());
    }
    let from = original.id;
    let copy = file::Model {
        id: engine.clock().new_id(),
        channel_id,
        direction: Direction::Outbound.as_str().to_owned(),
        uploaded_by: Some(uploader),
        created_at: now.millis(),
        expires_at: Some(now.plus(keep::UNFINISHED).millis()),
        canned_reply_id: None,
        ..original
    };
    // The bytes first: a row that says that they are here must not lie.
    let copied = engine.files.copy(from, copy.id).await;
    copied.map_err(|error| uncopied(&error, from))?;
    let tx = engine.transaction(actor).await?;
    file::Entity::insert(copy.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Ok(copy)
}

fn uncopied(error: &io::Error, file: Uuid) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return Refusal::NotFound.into();
    }
    tracing::error!(%error, %file, "a file cannot be copied");
    Error::Unavailable("a file cannot be copied")
}
