//! The other way for a file. WhatsApp tells by a status that it could not fetch a file from a link; then the message is
//! sent again, once, with the file uploaded. When Meta does not take an upload, its message goes with a link instead.

use crate::{
    Engine, Error, Result,
    entity::{file, file_attempt, message, outbox},
    outbound::send::{Again, of_key, retry_key, write},
    sessions::{access, audience::message_changed, content},
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::Actor,
    file::FileWay,
    ids::{MessageId, SessionId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it looks without being woken.
const PATROL: Duration = Duration::from_secs(30);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = pass(&engine).await {
            tracing::error!(%error, "files that WhatsApp could not fetch cannot be sent again now");
        }
        tokio::select! {
            () = engine.wakes.woken(Worker::OtherWay) => {}
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Sends again what could not be fetched from a link.
pub(crate) async fn pass(engine: &Engine) -> Result<()> {
    for id in file_attempt::due(engine.db.read()).await? {
        match upload_instead(engine, id).await {
            // The session is closed, say, or the file is gone: people see the failure, and why.
            Err(Error::Refused(refusal)) => {
                tracing::info!(message = %id, ?refusal, "a file is not sent again by upload");
                let tx = engine.transaction(&Actor::System).await?;
                done(&tx, id).await?;
                tx.commit().await?;
            }
            outcome => outcome?,
        }
    }
    Ok(())
}

async fn upload_instead(engine: &Engine, id: Uuid) -> Result<()> {
    let tx = engine.transaction(&Actor::System).await?;
    done(&tx, id).await?;
    if let Some(failed) = message::Entity::find_by_id(id).one(&tx).await? {
        let session = access::find(&tx, &Actor::System, SessionId::new(failed.session_id), true).await?;
        // An operator may have been quicker.
        let key = retry_key(MessageId::new(id));
        if of_key(&tx, failed.first_session(), &key).await?.is_none() {
            let outgoing = content::outgoing(&*tx, &failed).await?;
            let again = Again {
                failed: &failed,
                other_way: Some(FileWay::Upload),
            };
            write(&tx, &session, &outgoing, Some(&key), Some(again)).await?;
        }
    }
    tx.commit().await
}

async fn done(tx: &Transaction, id: Uuid) -> Result<()> {
    file_attempt::Entity::update_many()
        .col_expr(file_attempt::Column::RetryDue, Expr::value(false))
        .filter(file_attempt::Column::MessageId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets the messages that wait for an upload go with a link, if they are to be uploaded because the channel says so and
/// not because a link has failed. Returns those that cannot.
pub(super) async fn link_instead(
    engine: &Engine,
    file: &file::Model,
    waiting: Vec<outbox::Model>,
) -> Result<Vec<outbox::Model>> {
    let tx = engine.transaction(&Actor::System).await?;
    let mut others = Vec::new();
    for job in waiting {
        let first = file_attempt::Entity::update_many()
            .col_expr(file_attempt::Column::Way, Expr::value(FileWay::Link.as_str()))
            .col_expr(file_attempt::Column::IsSecond, Expr::value(true))
            .filter(file_attempt::Column::MessageId.eq(job.message_id))
            .filter(file_attempt::Column::IsSecond.eq(false))
            .exec(&tx)
            .await?;
        if first.rows_affected == 0 {
            others.push(job);
            continue;
        }
        outbox::Entity::update_many()
            .col_expr(outbox::Column::ByLink, Expr::value(true))
            .filter(outbox::Column::MessageId.eq(job.message_id))
            .exec(&tx)
            .await?;
        if let Some(message) = message::Entity::find_by_id(job.message_id).one(&tx).await? {
            message_changed(&tx, &message).await?;
        }
        tracing::warn!(file = %file.id, message = %job.message_id, "Meta does not take an upload; a link is tried");
    }
    tx.wake(Worker::Outbound);
    tx.commit().await?;
    Ok(others)
}
