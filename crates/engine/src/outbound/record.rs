//! Writing down what became of a call.

use crate::{
    Engine, Result,
    database::storable,
    entity::outbox,
    events::Changes,
    outbound::{
        memory::PAUSE,
        queue::{forget, postpone},
        verdict::{MAX_DOUBTS, Verdict},
    },
    sessions::status,
};
use domain::{ids::MessageId, message::Failure};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// No status has told whether Meta has the message, and it has been sent as often as it may be: a person decides.
pub(crate) async fn ask(e: &Engine, job: &outbox::Model) -> Result<()> {
    match unconfirmed(e, job).await {
        Err(error) if !error.is_passing() => {
            tracing::error!(%error, message = %job.message_id, "a message cannot be marked as unconfirmed");
            forget(e, job).await
        }
        done => done,
    }
}

async fn unconfirmed(e: &Engine, job: &outbox::Model) -> Result<()> {
    let tx = e.db.write().await?;
    let gone = outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .filter(outbox::Column::DueAt.eq(job.due_at))
        .exec(&tx)
        .await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    let changes = status::unconfirmed(&tx, MessageId::new(job.message_id), None).await?;
    tx.commit().await?;
    metrics::counter!(crate::metrics::SENDS, "outcome" => "unconfirmed").increment(1);
    tracing::warn!(message = %job.message_id, "Meta may have this message, and no status tells; somebody has to decide");
    e.events().publish(changes);
    Ok(())
}

/// How much of a verdict is written down.
#[derive(Debug, Clone, Copy)]
enum Extent {
    Whole,
    /// A note instead of whatever in Meta's answer does not fit into the database.
    WithANote,
    /// Nothing but that it is over.
    Over,
}

/// Writes the verdict down. The answer is in memory only, so while the database is away this waits for it; and what
/// cannot be written as it is gets written with a note, or not at all, because whatever stays in the outbox is sent again.
pub(crate) async fn write_down(e: &Engine, job: &outbox::Model, verdict: &Verdict) {
    let mut extent = Extent::Whole;
    loop {
        let error = match record(e, job, verdict, extent).await {
            Ok(changes) => return e.events().publish(changes),
            Err(error) => error,
        };
        if error.is_passing() {
            tracing::error!(%error, message = %job.message_id, "Meta's answer cannot be written down yet");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        tracing::error!(%error, message = %job.message_id, ?extent, "Meta's answer cannot be written down");
        extent = match (extent, verdict) {
            (Extent::Whole, _) => Extent::WithANote,
            (Extent::WithANote, Verdict::Sent(_) | Verdict::Fail(_)) => Extent::Over,
            // Its row is left: it counts as a call of unknown outcome, of which there are not many.
            _ => return,
        };
    }
}

async fn record(e: &Engine, job: &outbox::Model, verdict: &Verdict, extent: Extent) -> Result<Changes> {
    if matches!(extent, Extent::Over) {
        forget(e, job).await?;
        return Ok(Changes::default());
    }
    let id = MessageId::new(job.message_id);
    let now = e.clock().now();
    let tx = e.db.write().await?;
    let changes = match verdict {
        Verdict::Sent(accepted) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            match extent {
                Extent::Whole => status::accepted(&tx, id, accepted.wamid.as_str()).await?,
                _ => status::accepted_without_id(&tx, id).await?,
            }
        }
        Verdict::Fail(failure) => {
            outbox::Entity::delete_by_id(job.message_id).exec(&tx).await?;
            let failure = Failure {
                code: failure.code,
                title: storable(failure.title.clone()),
                details: failure.details.clone().map(storable),
            };
            status::given_up(&tx, id, failure, job.doubts > 0).await?
        }
        Verdict::Again(wait) => postpone(&tx, job, now.plus(*wait), None, job.doubts).await?,
        Verdict::Doubt { wait, once_more } => {
            let doubts = match once_more {
                true => job.doubts,
                false => MAX_DOUBTS - 1,
            };
            postpone(&tx, job, now.plus(*wait), Some(now), doubts).await?
        }
    };
    tx.commit().await?;
    Ok(changes)
}
