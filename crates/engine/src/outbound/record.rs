//! Recording the outcome of a call.

use crate::{
    Engine, Result,
    database::storable,
    entity::outbox,
    outbound::{
        memory::PAUSE,
        queue::{forget, postpone, unchanged},
        verdict::{MAX_DOUBTS, Verdict},
    },
    sessions::status,
    transaction::Transaction,
};
use domain::{access::Actor, ids::MessageId, message::Failure};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Leaves the decision to a person: no status has told whether Meta has the message, and it has been sent as often as
/// it may be.
pub(super) async fn ask(tx: &Transaction, job: &outbox::Model) -> Result<()> {
    status::lock(tx, [job.message_id]).await?;
    let gone = outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(job.message_id))
        .filter(outbox::Column::DueAt.eq(job.due_at))
        .exec(tx)
        .await?;
    if gone.rows_affected == 0 {
        return Ok(());
    }
    status::unconfirmed(tx, MessageId::new(job.message_id), None).await?;
    let message = job.message_id;
    tx.then(move |_| {
        metrics::counter!(crate::metrics::SENDS, "outcome" => "unconfirmed").increment(1);
        tracing::warn!(%message, "Meta may have this message, and no status says so; a person decides");
    });
    Ok(())
}

/// How much of a verdict is recorded.
#[derive(Debug, Clone, Copy)]
enum Extent {
    Whole,
    /// A note instead of those parts of Meta's answer that the database cannot store.
    WithANote,
    /// Only that the call is over.
    Over,
}

/// Records the verdict. The answer is in memory only, so this waits while the database is unavailable. What cannot be
/// stored as it is gets stored with a note, or not at all, because whatever stays in the outbox is sent again.
pub(crate) async fn write_down(engine: &Engine, job: &outbox::Model, verdict: &Verdict) {
    let mut extent = Extent::Whole;
    loop {
        let error = match record_alone(engine, job, verdict, extent).await {
            Ok(()) => return,
            Err(error) => error,
        };
        if error.is_passing() {
            tracing::error!(%error, message = %job.message_id, "Meta's answer cannot be recorded yet");
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        tracing::error!(%error, message = %job.message_id, ?extent, "Meta's answer cannot be recorded");
        extent = match (extent, verdict) {
            (Extent::Whole, _) => Extent::WithANote,
            (Extent::WithANote, Verdict::Sent(_) | Verdict::Fail(_)) => Extent::Over,
            // Its row stays and counts as a call of unknown outcome, and the number of those is limited.
            _ => return,
        };
    }
}

/// Who held the row when the outcome of the call became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Ours,
    /// For example, a status was quicker than Meta's answer.
    Gone,
    /// This engine's claim has ended, and another engine has claimed the message: that engine records the outcome.
    Anothers,
}

/// Takes the row out of the outbox, unless it is another engine's.
async fn take_out(tx: &Transaction, job: &outbox::Model) -> Result<Row> {
    let taken = outbox::Entity::delete_many().filter(unchanged(job));
    if taken.exec(tx).await?.rows_affected == 1 {
        return Ok(Row::Ours);
    }
    match outbox::Entity::find_by_id(job.message_id).one(tx).await? {
        None => Ok(Row::Gone),
        Some(_) => {
            tracing::warn!(message = %job.message_id, "another engine has taken a message over during its call");
            Ok(Row::Anothers)
        }
    }
}

/// Records the verdict as it is. The message is locked already.
pub(super) async fn record(tx: &Transaction, job: &outbox::Model, verdict: &Verdict) -> Result<()> {
    record_part(tx, job, verdict, Extent::Whole).await
}

async fn record_alone(engine: &Engine, job: &outbox::Model, verdict: &Verdict, extent: Extent) -> Result<()> {
    if matches!(extent, Extent::Over) {
        return forget(engine, job).await;
    }
    let tx = engine.transaction(&Actor::System).await?;
    status::lock(&tx, [job.message_id]).await?;
    record_part(&tx, job, verdict, extent).await?;
    tx.commit().await
}

async fn record_part(tx: &Transaction, job: &outbox::Model, verdict: &Verdict, extent: Extent) -> Result<()> {
    let id = MessageId::new(job.message_id);
    let now = tx.engine().clock().now();
    match verdict {
        Verdict::Gone => {
            take_out(tx, job).await?;
        }
        Verdict::Sent(accepted) => match (take_out(tx, job).await?, extent) {
            (Row::Anothers, _) => {}
            (_, Extent::Whole) => status::accepted(tx, id, accepted.wamid.as_str()).await?,
            _ => status::accepted_without_id(tx, id).await?,
        },
        Verdict::Fail(failure) => {
            let row = take_out(tx, job).await?;
            if row == Row::Anothers {
                return Ok(());
            }
            let failure = Failure {
                code: failure.code,
                title: storable(failure.title.clone()),
                details: failure.details.clone().map(storable),
                trace: failure.trace.clone().map(storable),
            };
            // Whoever deleted the row knows better than a refusal whether Meta has the message.
            let in_doubt = job.doubts > 0 || row == Row::Gone;
            status::given_up(tx, id, failure, job.calling_since, in_doubt).await?;
        }
        Verdict::Again(wait) => postpone(tx, job, now.plus(*wait), None, job.doubts).await?,
        Verdict::Doubt { wait, once_more } => {
            let doubts = match once_more {
                true => job.doubts,
                false => MAX_DOUBTS - 1,
            };
            postpone(tx, job, now.plus(*wait), Some(now), doubts).await?;
        }
    }
    Ok(())
}
