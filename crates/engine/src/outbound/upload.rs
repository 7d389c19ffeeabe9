//! Uploads to Meta the files of messages in the outbox. The messages go once their files are there.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use crate::{
    Engine, Result,
    credentials::{seal, secrets, token_state},
    entity::{channel, file, outbox},
    files::{
        claims::{hold, postpone, unchanged, wait_after},
        transfers,
    },
    outbound::{
        record::write_down,
        verdict::{GIVE_UP_AFTER, Verdict, failure_of},
    },
    wakes::Worker,
};
use domain::{
    access::Actor,
    channel::TokenState,
    ids::ChannelId,
    message::{Direction, Failure},
    time::Timestamp,
};
use media::limits::Kind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::{io, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use whatsapp::{
    errors::RetryClass,
    graph::{GraphError, Upload},
};

/// Meta keeps an upload for 30 days.
const KEPT_BY_META: Duration = Duration::from_secs(29 * 24 * 60 * 60);
/// Attempts after an error that rarely passes.
const FEW: i64 = 3;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    transfers::run(engine, stop, Direction::Outbound, Worker::Upload, upload).await;
}

/// What became of an attempt.
#[derive(Debug)]
enum Uploaded {
    AtMeta(String),
    Later(Duration),
    Refused(Failure),
    /// No message waits for it any more.
    Unneeded,
}

async fn upload(engine: Engine, mut file: file::Model) {
    let transfer = try_to_upload(&engine, file.clone());
    let outcome = match hold(&engine, &mut file, transfer).await {
        Ok(Some(uploaded)) => settle(&engine, &file, uploaded).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = outcome {
        // The claim ends by itself.
        tracing::error!(%error, file = %file.id, "a file cannot be uploaded to Meta now");
    }
}

async fn try_to_upload(engine: &Engine, file: file::Model) -> Result<Uploaded> {
    let db = engine.db.read();
    let waiting = outbox::Entity::find().filter(outbox::Column::FileId.eq(file.id));
    let Some(waiting) = waiting.one(db).await? else {
        return Ok(Uploaded::Unneeded);
    };
    let impossible = |code: i64, title: &str| {
        Uploaded::Refused(Failure {
            code: Some(code),
            title: title.to_owned(),
            details: None,
        })
    };
    let channel_id = ChannelId::new(file.channel_id);
    let channel = channel::Entity::find_by_id(file.channel_id).one(db).await?;
    let Some(channel) = channel.filter(|channel| channel.deleted_at.is_none()) else {
        return Ok(impossible(190, "The channel is gone"));
    };
    if channel.paused_at.is_some() {
        return Ok(Uploaded::Later(wait_after(file.attempts)));
    }
    let Some(phone_number_id) = channel.phone_number_id else {
        return Ok(impossible(100, "The channel has no phone-number id"));
    };
    let Some(token) = secrets::open_secret(engine, db, channel_id, seal::Kind::AccessToken).await? else {
        return Ok(impossible(190, "The channel has no access token"));
    };
    let written = Timestamp::from_millis(message_time(&waiting));
    let age = engine.clock().now().since(written);
    let content = match engine.files.read(file.id, None).await {
        Ok(content) => content,
        Err(error) => {
            tracing::error!(%error, file = %file.id, "a file to be sent cannot be read");
            // A store that does not answer may come back; bytes that are gone do not.
            let passes = match error.kind() {
                io::ErrorKind::NotFound => file.attempts < FEW,
                _ => age < GIVE_UP_AFTER,
            };
            return Ok(match passes {
                true => Uploaded::Later(wait_after(file.attempts)),
                false => impossible(100, "The file cannot be read"),
            });
        }
    };
    let upload = Upload {
        mime_type: told_type(&file).to_owned(),
        filename: file.filename.clone().unwrap_or_else(|| "file".to_owned()),
        size: file.bytes().unwrap_or(0),
        content,
    };
    let error = match engine.graph.upload(&token, &phone_number_id, upload).await {
        Ok(media_id) => return Ok(Uploaded::AtMeta(media_id)),
        Err(error) => error,
    };
    tracing::warn!(%error, file = %file.id, attempts = file.attempts, "Meta did not take a file");
    if error.class() == RetryClass::Reauth {
        token_state::learn(engine, channel_id, TokenState::Refused, Some(error.to_string())).await?;
    }
    Ok(after(&error, file.attempts, age))
}

/// Meta takes sound in Ogg only with its codec.
fn told_type(file: &file::Model) -> &str {
    match file.mime_type.as_deref() {
        Some("audio/ogg") if file.kind.as_deref() == Some(Kind::Audio.as_str()) => "audio/ogg; codecs=opus",
        Some(mime_type) => mime_type,
        None => "application/octet-stream",
    }
}

/// When the message was written: its id tells.
fn message_time(job: &outbox::Model) -> i64 {
    let written = job.message_id.get_timestamp().map(|at| at.to_unix());
    written.map_or(0, |(seconds, nanos)| {
        i64::try_from(seconds).unwrap_or(0) * 1000 + i64::from(nanos / 1_000_000)
    })
}

/// An upload that may have been accepted is repeated: a second copy at Meta does no harm.
fn after(error: &GraphError, attempts: i64, age: Duration) -> Uploaded {
    let passes = error.may_have_been_accepted()
        || match error.class() {
            RetryClass::Retry | RetryClass::RetrySlow => true,
            RetryClass::RetryFew => attempts < FEW,
            _ => false,
        };
    match passes && age < GIVE_UP_AFTER {
        true => Uploaded::Later(wait_after(attempts)),
        false => Uploaded::Refused(failure_of(error)),
    }
}

async fn settle(engine: &Engine, file: &file::Model, uploaded: Uploaded) -> Result<()> {
    let media_id = match uploaded {
        Uploaded::Later(wait) => return postpone(engine, file, wait).await,
        Uploaded::AtMeta(media_id) => Some(media_id),
        Uploaded::Unneeded => None,
        Uploaded::Refused(failure) => {
            fail(engine, file, &failure).await?;
            None
        }
    };
    let tx = engine.transaction(&Actor::System).await?;
    let mut update = file::Entity::update_many()
        .col_expr(file::Column::DueAt, Expr::value(None::<i64>))
        .col_expr(file::Column::ClaimedBy, Expr::value(None::<Uuid>));
    if let Some(media_id) = media_id {
        let until = engine.clock().now().plus(KEPT_BY_META).millis();
        update = update
            .col_expr(file::Column::MediaId, Expr::value(media_id))
            .col_expr(file::Column::MediaUntil, Expr::value(until));
    }
    update.filter(unchanged(file)).exec(&tx).await?;
    tx.wake(Worker::Outbound);
    tx.commit().await
}

/// Fails the messages that wait for the file.
async fn fail(engine: &Engine, file: &file::Model, failure: &Failure) -> Result<()> {
    let waiting = outbox::Entity::find().filter(outbox::Column::FileId.eq(file.id));
    for job in waiting.all(engine.db.read()).await? {
        write_down(engine, &job, &Verdict::Fail(failure.clone())).await;
    }
    Ok(())
}
