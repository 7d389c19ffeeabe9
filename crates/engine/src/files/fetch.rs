//! Fetches the files that customers sent. Meta keeps a file for seven days, and says where it is for five minutes.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use crate::{
    Engine, Result,
    credentials::{seal::Kind, secrets, token_state},
    entity::{file, message},
    files::{
        claims::{hold, postpone, unchanged, wait_after},
        keep, space,
        store::Written,
        transfers,
    },
    sessions::audience::message_changed,
    wakes::Worker,
};
use domain::{
    access::Actor,
    channel::TokenState,
    file::FileState,
    ids::ChannelId,
    message::Direction,
    time::Timestamp,
};
use sea_orm::{EntityTrait, QueryFilter, sea_query::Expr};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use whatsapp::{
    errors::RetryClass,
    graph::{GraphError, sha256},
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
    Here { written: Written, mime_type: Option<String> },
    Later(Duration),
    Not(FileState),
}

async fn fetch(engine: Engine, mut file: file::Model) {
    let transfer = try_to_fetch(&engine, file.clone());
    let outcome = match hold(&engine, &mut file, transfer).await {
        Ok(Some(Ok(fetched))) => settle(&engine, &file, fetched).await,
        Ok(Some(Err(error))) => Err(error),
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
    let mut writer = match engine.files.write(file.id).await {
        Ok(writer) => writer,
        Err(error) => return unwritable(&file, &error),
    };
    loop {
        let part = match timeout(SILENCE, download.chunk()).await {
            Ok(Ok(Some(part))) => part,
            Ok(Ok(None)) => break,
            Ok(Err(error)) => {
                tracing::warn!(%error, file = %file.id, "a file was cut off; it is fetched again");
                let _ = writer.abort().await;
                return again;
            }
            Err(_) => {
                tracing::warn!(file = %file.id, "a file stopped coming; it is fetched again");
                let _ = writer.abort().await;
                return again;
            }
        };
        if writer.size() + part.len() as u64 > engine.files.most {
            let _ = writer.abort().await;
            return Ok(Fetched::Not(FileState::TooLarge));
        }
        if let Err(error) = writer.put(part).await {
            let _ = writer.abort().await;
            return unwritable(&file, &error);
        }
    }
    let written = writer.written();
    let digest = info.sha256.or_else(|| sha256(file.sha256.as_deref()?));
    if info.size.is_some_and(|size| size != written.size) || digest.is_some_and(|told| told != written.sha256) {
        tracing::warn!(file = %file.id, attempts = file.attempts, "a file has other bytes than Meta announced");
        let _ = writer.abort().await;
        return match file.attempts < FEW {
            true => again,
            false => Ok(Fetched::Not(FileState::Gone)),
        };
    }
    match writer.finish().await {
        Ok(written) => Ok(Fetched::Here {
            written,
            mime_type: info.mime_type,
        }),
        Err(error) => unwritable(&file, &error),
    }
}

fn unwritable(file: &file::Model, error: &std::io::Error) -> Result<Fetched> {
    tracing::error!(%error, file = %file.id, "a file cannot be written; it is fetched again");
    Ok(Fetched::Later(SLOWLY))
}

async fn refused(engine: &Engine, file: &file::Model, error: &GraphError) -> Result<Fetched> {
    tracing::warn!(%error, file = %file.id, attempts = file.attempts, "Meta does not hand a file out");
    if let GraphError::Refused(refused) = error
        && refused.http_status == 0
    {
        return Ok(Fetched::Not(FileState::NotAllowed));
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
            .col_expr(file::Column::ExpiresAt, Expr::value(until));
        if let Some(mime_type) = mime_type {
            update = update.col_expr(file::Column::MimeType, Expr::value(mime_type));
        }
    }
    if update.filter(unchanged(file)).exec(&tx).await?.rows_affected == 0 {
        return Ok(());
    }
    if let Some(message) = message::Entity::find_by_id(file.id).one(&tx).await? {
        message_changed(&tx, &message).await?;
    }
    tx.commit().await
}
