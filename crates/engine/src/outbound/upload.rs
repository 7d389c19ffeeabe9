//! Uploads to Meta the files of messages in the outbox. The messages go once their files are there.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use crate::{
    Engine, Result,
    credentials::{seal, secrets, token_state},
    entity::{channel, file, file_attempt::MEDIA_FAILED, outbox},
    files::{
        claims::{hold, postpone, unchanged, wait_after},
        transfers,
    },
    outbound::{
        other_way::link_instead,
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
use media::limits::{DOCUMENTS, Kind};
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
/// Meta's code for a file, a type or a number that it does not take.
const INVALID_PARAMETER: i64 = 100;
/// The wait while the channel is paused or Meta refuses its token.
const UNTIL_MENDED: Duration = Duration::from_secs(60);
/// Attempts before a link is tried, although the error may still pass.
const LONG: i64 = 6;
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
    Refused {
        failure: Failure,
        /// A link may work all the same.
        tries_link: bool,
    },
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
    let waiting = outbox::Entity::find()
        .filter(outbox::Column::FileId.eq(file.id))
        .filter(outbox::Column::ByLink.eq(false));
    let Some(waiting) = waiting.one(db).await? else {
        return Ok(Uploaded::Unneeded);
    };
    let impossible = |code: i64, title: &str| Uploaded::Refused {
        failure: Failure::new(code, title),
        tries_link: false,
    };
    let channel_id = ChannelId::new(file.channel_id);
    let channel = channel::Entity::find_by_id(file.channel_id).one(db).await?;
    let Some(channel) = channel.filter(|channel| channel.deleted_at.is_none()) else {
        return Ok(impossible(190, "The channel is gone"));
    };
    if channel.paused_at.is_some() || channel.token_state == TokenState::Refused.as_str() {
        return Ok(Uploaded::Later(UNTIL_MENDED));
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
        mime_type: file.type_for_meta().to_owned(),
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
    Ok(after(&error, &file, age))
}

/// When the message was written: its id tells.
fn message_time(job: &outbox::Model) -> i64 {
    let written = job.message_id.get_timestamp().map(|at| at.to_unix());
    written.map_or(0, |(seconds, nanos)| {
        i64::try_from(seconds).unwrap_or(0) * 1000 + i64::from(nanos / 1_000_000)
    })
}

/// An upload that may have been accepted is repeated: a second copy at Meta does no harm.
fn after(error: &GraphError, file: &file::Model, age: Duration) -> Uploaded {
    let attempts = file.attempts;
    if error.class() == RetryClass::Reauth {
        return Uploaded::Later(UNTIL_MENDED);
    }
    let passes = error.may_have_been_accepted()
        || match error.class() {
            RetryClass::Retry | RetryClass::RetrySlow => true,
            RetryClass::RetryFew => attempts < FEW,
            _ => false,
        };
    match passes && age < GIVE_UP_AFTER && attempts < LONG {
        true => Uploaded::Later(wait_after(attempts)),
        false => Uploaded::Refused {
            failure: failure_of(error),
            tries_link: !is_shared(error, file),
        },
    }
}

async fn settle(engine: &Engine, file: &file::Model, uploaded: Uploaded) -> Result<()> {
    let media_id = match uploaded {
        Uploaded::Later(wait) => return postpone(engine, file, wait).await,
        Uploaded::AtMeta(media_id) => Some(media_id),
        Uploaded::Unneeded => None,
        Uploaded::Refused { failure, tries_link } => {
            fail(engine, file, &failure, tries_link).await?;
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

/// Has the messages that wait for the file go with a link, unless that would fail for the same reason; the others fail.
async fn fail(engine: &Engine, file: &file::Model, failure: &Failure, tries_link: bool) -> Result<()> {
    let waiting = outbox::Entity::find()
        .filter(outbox::Column::FileId.eq(file.id))
        .filter(outbox::Column::ByLink.eq(false));
    let mut waiting = waiting.all(engine.db.read()).await?;
    if tries_link {
        waiting = link_instead(engine, file, waiting).await?;
    }
    for job in waiting {
        write_down(engine, &job, &Verdict::Fail(failure.clone())).await;
    }
    Ok(())
}

/// Whether a link would fail for the same reason as the upload: the token, the number, or the file itself is refused.
/// An upload has to be of a type that Meta names, and of the size of that type; behind a link any file is a document.
fn is_shared(error: &GraphError, file: &file::Model) -> bool {
    let only_by_link = file.kind.as_deref() == Some(Kind::Document.as_str())
        && !DOCUMENTS.contains(&file.mime_type.as_deref().unwrap_or_default());
    if let GraphError::Refused(refused) = error
        && [INVALID_PARAMETER, MEDIA_FAILED].contains(&refused.code)
    {
        return !only_by_link;
    }
    matches!(
        error.class(),
        RetryClass::Reauth | RetryClass::Account | RetryClass::Recipient
    )
}
