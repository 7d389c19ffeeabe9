//! How long files are kept. What remains is the tile that says so.

use crate::{
    Engine, Error, Result,
    clock::Clock,
    entity::{file, message, outbox},
    files::{look::FITTED, store::id_of},
    sessions::audience::message_changed,
};
use domain::{access::Actor, file::FileState};
use futures::TryStreamExt as _;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::{collections::HashSet, io, path::Path, time::Duration};
use tokio::fs;
use uuid::Uuid;

/// How long an upload may take, and how long a complete one may wait for its message.
pub(crate) const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);
/// Files that are looked at at once.
const BATCH: u64 = 200;
/// Bytes without a row are left alone for this long: their row may be about to be written.
const ORPHAN_AFTER: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Deletes the bytes of files whose time is over, uploads that were given up, and what crashes left behind.
pub(crate) async fn pass(engine: &Engine) -> Result<()> {
    while expire(engine).await? == BATCH {}
    sweep(engine).await
}

async fn expire(engine: &Engine) -> Result<u64> {
    let needed = Query::select()
        .column(outbox::Column::FileId)
        .from(outbox::Entity)
        .and_where(outbox::Column::FileId.is_not_null())
        .to_owned();
    let old = file::Entity::find()
        .filter(file::Column::ExpiresAt.lte(engine.clock().now().millis()))
        .filter(file::Column::Id.not_in_subquery(needed))
        .order_by_asc(file::Column::ExpiresAt)
        .limit(BATCH)
        .all(engine.db.read())
        .await?;
    for row in &old {
        // Nothing names one that was given up, or that a canned reply has lost.
        let unnamed = row.state == FileState::Uploading.as_str() || row.channel_id.is_nil();
        // The bytes first: a row that says so must not lie.
        delete_bytes(engine, row.id).await?;
        let tx = engine.transaction(&Actor::System).await?;
        if unnamed {
            file::Entity::delete_by_id(row.id).exec(&tx).await?;
        } else {
            file::Entity::update_many()
                .col_expr(file::Column::State, Expr::value(FileState::Expired.as_str()))
                .col_expr(file::Column::ExpiresAt, Expr::value(None::<i64>))
                .col_expr(file::Column::DueAt, Expr::value(None::<i64>))
                .filter(file::Column::Id.eq(row.id))
                .exec(&tx)
                .await?;
            let shown_in = Condition::any()
                .add(message::Column::Id.eq(row.id))
                .add(message::Column::FileId.eq(row.id));
            for message in message::Entity::find().filter(shown_in).all(&tx).await? {
                message_changed(&tx, &message).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(old.len() as u64)
}

/// Deletes bytes that no row names: a crash came between the bytes and their row.
async fn sweep(engine: &Engine) -> Result<()> {
    let before = engine.clock().now().minus(ORPHAN_AFTER).millis();
    // Ids rise with time.
    let youngest = Clock::first_id_at(before);
    let stored = engine.files.older_than(before).try_collect::<Vec<_>>().await;
    let mut found = stored.map_err(|error| undeletable(&error))?;
    // A copy in a folder has the time of the original.
    found.retain(|id| *id < youngest);
    let mut uploads = fs::read_dir(engine.files.growing_folder())
        .await
        .map_err(|error| undeletable(&error))?;
    while let Some(entry) = uploads.next_entry().await.map_err(|error| undeletable(&error))? {
        let id = entry.file_name().to_str().and_then(id_of);
        found.extend(id.filter(|id: &Uuid| *id < youngest));
    }
    for some in found.chunks(500) {
        let known: HashSet<Uuid> = file::Entity::find()
            .select_only()
            .column(file::Column::Id)
            .filter(file::Column::Id.is_in(some.iter().copied()))
            .filter(file::Column::State.is_in([FileState::Here.as_str(), FileState::Uploading.as_str()]))
            .into_tuple()
            .all(engine.db.read())
            .await?
            .into_iter()
            .collect();
        for orphan in some.iter().filter(|id| !known.contains(id)) {
            tracing::info!(file = %orphan, "bytes that no message names are deleted");
            delete_bytes(engine, *orphan).await?;
        }
    }
    Ok(())
}

/// Deletes the bytes of a file, complete or not.
pub(crate) async fn delete_bytes(engine: &Engine, id: Uuid) -> Result<()> {
    let deleted = engine.files.delete(id).await;
    deleted.map_err(|error| undeletable(&error))?;
    remove(engine, id).await
}

/// Deletes what grew of a file; it is no error if there is nothing.
pub(crate) async fn remove(engine: &Engine, id: Uuid) -> Result<()> {
    let growing = engine.files.growing(id);
    for path in [growing.with_extension(FITTED), growing] {
        match fs::remove_file(path).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(undeletable(&error)),
            _ => {}
        }
    }
    Ok(())
}

fn undeletable(error: &io::Error) -> Error {
    tracing::error!(%error, "files cannot be deleted");
    Error::Unavailable("files cannot be deleted")
}

/// An empty file that only its owner may read; what was there before is gone.
pub(crate) async fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await
}

/// Sizes are stored as the database's integers.
pub(crate) fn stored_size(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// The name with the ending of its type, if the type was changed to make the file fit.
pub(crate) fn named(name: &str, mime_type: &str) -> String {
    let endings: &[&str] = match mime_type {
        "image/jpeg" => &["jpg", "jpeg", "jpe", "jfif"],
        "image/png" => &["png"],
        "audio/ogg" => &["ogg", "oga", "opus"],
        _ => return name.to_owned(),
    };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    match endings.contains(&ending.to_lowercase().as_str()) {
        true => name.to_owned(),
        false => format!("{stem}.{}", endings.first().copied().unwrap_or_default()),
    }
}
