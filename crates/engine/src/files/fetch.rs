//! Fetches the files that customers sent. Meta keeps a file for seven days, and says where it is for five minutes.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use crate::{
    Engine, Result,
    credentials::{seal::Kind, secrets, token_state},
    entity::{file, message},
    files::{
        claims::{hold, postpone, unchanged, wait_after},
        keep, look, space,
        store::Written,
        transfers,
    },
    sessions::audience::message_changed,
    wakes::Worker,
};
use domain::{
    access::Actor, channel::TokenState, file::FileState, ids::ChannelId, message::Direction, time::Timestamp,
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};
use sha2::{Digest as _, Sha256};
use std::{io, path::Path, time::Duration};
use tokio::{io::AsyncWriteExt as _, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use whatsapp::{
    errors::RetryClass,
    graph::{Download, GraphError, sha256},
};

/// A download that brings nothing for this long is broken off.
const SILENCE: Duration = Duration::from_secs(30);
/// How long Meta keeps a file.
const KEPT_BY_META: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The wait for a token that is refused, or for space on the disk.
const SLOWLY: Duration = Duration::from_secs(60);
/// Attempts after a refusal that rarely passes, or after other bytes than announced.
const FEW: i64 = 6;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    transfers::run(engine, stop, Direction::Inbound, Worker::Fetch, fetch).await;
}

/// What became of an attempt.
#[derive(Debug)]
enum Fetched {
    Here { written: Written, mime_type: String },
    Later(Duration),
    Not(FileState),
}

async fn fetch(engine: Engine, mut file: file::Model) {
    let transfer = try_to_fetch(&engine, file.clone());
    let outcome = match hold(&engine, &mut file, transfer).await {
        Ok(Some(fetched)) => settle(&engine, &file, fetched).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        // The claim ends by itself.
        tracing::error!(%error, file = %file.id, "a file cannot be fetched now");
    }
}

async fn try_to_fetch(engine: &Engine, file: file::Model) -> Result<Fetched> {
    let channel = ChannelId::new(file.channel_id);
    let announced = Timestamp::from_millis(file.created_at);
    if engine.clock().now().since(announced) > KEPT_BY_META {
        return Ok(Fetched::Not(FileState::Gone));
    }
    let Some(media_id) = &file.media_id else {
        return Ok(Fetched::Not(FileState::Gone));
    };
    let token = secrets::open_secret(engine, engine.db.read(), channel, Kind::AccessToken).await?;
    let Some(token) = token else {
        return Ok(Fetched::Later(SLOWLY));
    };
    if !space::is_left(engine, 0) {
        tracing::warn!("the disk is nearly full: files of customers wait at Meta (files.free_mb)");
        return Ok(Fetched::Later(SLOWLY));
    }
    let info = match engine.graph.media(&token, media_id).await {
        Ok(info) => info,
        Err(error) => return refused(engine, &file, &error).await,
    };
    if info.size.is_some_and(|size| size > engine.files.most) {
        return Ok(Fetched::Not(FileState::TooLarge));
    }
    let mut download = match engine.graph.download(&token, &info.url).await {
        Ok(download) => download,
        Err(error) => return refused(engine, &file, &error).await,
    };
    let again = Ok(Fetched::Later(wait_after(file.attempts)));
    let path = engine.files.growing(file.id);
    let written = match grow(&path, &mut download, engine.files.most).await {
        Ok(written) => written,
        Err(Broken::TooLarge) => return Ok(Fetched::Not(FileState::TooLarge)),
        Err(Broken::Line(why)) => {
            tracing::warn!(why, file = %file.id, "a file was cut off; it is fetched again");
            return again;
        }
        Err(Broken::Disk(error)) => return unwritable(&file, &error),
    };
    let digest = info.sha256.or_else(|| sha256(file.sha256.as_deref()?));
    if info.size.is_some_and(|size| size != written.size) || digest.is_some_and(|told| told != written.sha256)
    {
        tracing::warn!(file = %file.id, attempts = file.attempts, "a file has other bytes than Meta announced");
        return match file.attempts < FEW {
            true => again,
            false => Ok(Fetched::Not(FileState::Gone)),
        };
    }
    let stored = async {
        let look = look::received(path).await?;
        engine.files.put(file.id, &look.path, look.small).await?;
        io::Result::Ok(look.mime_type)
    };
    match stored.await {
        Ok(mime_type) => {
            keep::remove(engine, file.id).await?;
            Ok(Fetched::Here { written, mime_type })
        }
        Err(error) => unwritable(&file, &error),
    }
}

/// Why a download broke off.
enum Broken {
    TooLarge,
    Line(String),
    Disk(io::Error),
}

/// Writes a download to the disk. One that was cut off begins anew.
async fn grow(path: &Path, download: &mut Download, most: u64) -> std::result::Result<Written, Broken> {
    let mut growing = keep::create(path).await.map_err(Broken::Disk)?;
    let (mut size, mut digest) = (0, Sha256::new());
    loop {
        let part = match timeout(SILENCE, download.chunk()).await {
            Ok(Ok(Some(part))) => part,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => return Err(Broken::Line(error.to_string())),
            Err(_) => return Err(Broken::Line("nothing came for too long".to_owned())),
        };
        size += part.len() as u64;
        if size > most {
            return Err(Broken::TooLarge);
        }
        digest.update(&part);
        growing.write_all(&part).await.map_err(Broken::Disk)?;
    }
    growing.flush().await.map_err(Broken::Disk)?;
    Ok(Written {
        size,
        sha256: digest.finalize().into(),
    })
}

fn unwritable(file: &file::Model, error: &io::Error) -> Result<Fetched> {
    tracing::error!(%error, file = %file.id, "a file cannot be written; it is fetched again");
    Ok(Fetched::Later(SLOWLY))
}

async fn refused(engine: &Engine, file: &file::Model, error: &GraphError) -> Result<Fetched> {
    tracing::warn!(%error, file = %file.id, attempts = file.attempts, "Meta does not hand a file out");
    // What the client itself refuses is never asked of Meta; a token that cannot be one counts as refused.
    if let GraphError::Refused(own) = error
        && own.http_status == 0
    {
        match (own.code, own.subcode) {
            (100, Some(33)) => return Ok(Fetched::Not(FileState::Gone)),
            (100, _) => return Ok(Fetched::Not(FileState::NotAllowed)),
            _ => {}
        }
    }
    match error.class() {
        RetryClass::Reauth => {
            let channel = ChannelId::new(file.channel_id);
            token_state::learn(engine, channel, TokenState::Refused, Some(error.to_string())).await?;
            Ok(Fetched::Later(SLOWLY))
        }
        RetryClass::Retry | RetryClass::RetryFew => Ok(Fetched::Later(wait_after(file.attempts))),
        RetryClass::RetrySlow | RetryClass::Wait => Ok(Fetched::Later(SLOWLY.max(wait_after(file.attempts)))),
        _ if file.attempts < FEW => Ok(Fetched::Later(wait_after(file.attempts))),
        _ => Ok(Fetched::Not(FileState::Gone)),
    }
}

async fn settle(engine: &Engine, file: &file::Model, fetched: Fetched) -> Result<()> {
    let state = match &fetched {
        Fetched::Later(wait) => return postpone(engine, file, *wait).await,
        Fetched::Here { .. } => FileState::Here,
        Fetched::Not(state) => *state,
    };
    let tx = engine.transaction(&Actor::System).await?;
    let mut update = file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(state.as_str()))
        .col_expr(file::Column::DueAt, Expr::value(None::<i64>))
        .col_expr(file::Column::ClaimedBy, Expr::value(None::<Uuid>));
    if let Fetched::Here { written, mime_type } = fetched {
        let until = engine.clock().now().plus(engine.keep_received).millis();
        update = update
            .col_expr(file::Column::Size, Expr::value(keep::stored_size(written.size)))
            .col_expr(file::Column::Sha256, Expr::value(hex::encode(written.sha256)))
            .col_expr(file::Column::MimeType, Expr::value(mime_type))
            .col_expr(file::Column::ExpiresAt, Expr::value(until));
    }
    if update.filter(unchanged(file)).exec(&tx).await?.rows_affected == 0 {
        return Ok(());
    }
    if let Some(message) = message::Entity::find_by_id(file.id).one(&tx).await? {
        message_changed(&tx, &message).await?;
    }
    tx.commit().await
}
