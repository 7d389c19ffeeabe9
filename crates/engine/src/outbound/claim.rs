//! Claiming a message before its call.

use crate::{Result, entity::outbox, outbound::verdict::SILENCE, transaction::Transaction};
use domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, LockBehavior, LockType, Query},
};

/// Claims a message, because a call is about to be made; `None` when another engine was quicker. An earlier call whose
/// outcome never became known is a doubt.
pub(super) async fn claim(tx: &Transaction, job: outbox::Model, now: i64) -> Result<Option<outbox::Model>> {
    let silence_ends = Timestamp::from_millis(now)
        .plus(whatsapp::graph::TOTAL_TIMEOUT)
        .plus(SILENCE);
    let claimed = outbox::Model {
        attempts: job.attempts + 1,
        doubts: job.doubts + i64::from(job.calling_since.is_some()),
        calling_since: Some(now),
        due_at: silence_ends.millis(),
        claimed_by: Some(tx.engine().id),
        ..job
    };
    // Does not wait for another engine that is about to claim the row.
    let free = Query::select()
        .column(outbox::Column::MessageId)
        .from(outbox::Entity)
        .and_where(outbox::Column::MessageId.eq(job.message_id))
        .and_where(outbox::Column::DueAt.eq(job.due_at))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let changed = outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::value(claimed.attempts))
        .col_expr(outbox::Column::Doubts, Expr::value(claimed.doubts))
        .col_expr(outbox::Column::CallingSince, Expr::value(claimed.calling_since))
        .col_expr(outbox::Column::DueAt, Expr::value(claimed.due_at))
        .col_expr(outbox::Column::ClaimedBy, Expr::value(claimed.claimed_by))
        .filter(outbox::Column::MessageId.in_subquery(free))
        .exec(tx)
        .await?;
    Ok((changed.rows_affected == 1).then_some(claimed))
}
