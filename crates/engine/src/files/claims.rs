//! Which files have to be transferred from or to Meta, and which engine does it. A claim is short, and is renewed while
//! the transfer goes on: after a crash another engine, or this one's successor, soon begins again.

use crate::{Engine, Result, entity::file};
use domain::{access::Actor, message::Direction};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use std::{pin::pin, time::Duration};

const CLAIMED_FOR: Duration = Duration::from_secs(60);
const RENEWED_AFTER: Duration = Duration::from_secs(20);
/// The first wait after a failed transfer; it doubles with each attempt.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// Files whose transfer is due, the one that has waited longest first.
pub(crate) async fn due(engine: &Engine, direction: Direction, most: u64) -> Result<Vec<file::Model>> {
    Ok(file::Entity::find()
        .filter(file::Column::Direction.eq(direction.as_str()))
        .filter(file::Column::DueAt.lte(engine.clock().now().millis()))
        .order_by_asc(file::Column::DueAt)
        .limit(most)
        .all(engine.db.read())
        .await?)
}

/// Whether no transfer is due or under way.
pub(crate) async fn is_idle(engine: &Engine) -> Result<bool> {
    let due = file::Column::DueAt.lte(engine.clock().now().millis());
    let busy = Condition::any()
        .add(due)
        .add(file::Column::ClaimedBy.is_not_null());
    let found = file::Entity::find().filter(busy).one(engine.db.read()).await?;
    Ok(found.is_none())
}

/// Claims a file; `None` when another engine was quicker.
pub(crate) async fn claim(engine: &Engine, file: file::Model) -> Result<Option<file::Model>> {
    let until = engine.clock().now().plus(CLAIMED_FOR).millis();
    let claimed = file::Model {
        attempts: file.attempts + 1,
        due_at: Some(until),
        claimed_by: Some(engine.id),
        ..file.clone()
    };
    Ok(change(engine, &file, &claimed).await?.then_some(claimed))
}

/// Runs a transfer under its claim. `None` when another engine has claimed the file meanwhile.
pub(crate) async fn hold<T>(
    engine: &Engine,
    file: &mut file::Model,
    transfer: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    let mut transfer = pin!(transfer);
    loop {
        tokio::select! {
            done = &mut transfer => return done.map(Some),
            () = tokio::time::sleep(RENEWED_AFTER) => {
                let until = engine.clock().now().plus(CLAIMED_FOR).millis();
                let renewed = file::Model { due_at: Some(until), ..file.clone() };
                if !change(engine, file, &renewed).await? {
                    return Ok(None);
                }
                *file = renewed;
            }
        }
    }
}

/// Puts a transfer off, unless another engine has claimed the file.
pub(crate) async fn postpone(engine: &Engine, file: &file::Model, wait: Duration) -> Result<()> {
    let later = file::Model {
        due_at: Some(engine.clock().now().plus(wait).millis()),
        claimed_by: None,
        ..file.clone()
    };
    change(engine, file, &later).await.map(drop)
}

/// The wait after a failed transfer.
pub(crate) fn wait_after(attempts: i64) -> Duration {
    let factor = 2_u32.saturating_pow(u32::try_from(attempts - 1).unwrap_or(0).min(16));
    crate::random::jittered(FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT))
}

/// The row, if nobody has claimed it since it was read or claimed.
pub(crate) fn unchanged(file: &file::Model) -> Condition {
    let claimed_by = match file.claimed_by {
        Some(engine) => file::Column::ClaimedBy.eq(engine),
        None => file::Column::ClaimedBy.is_null(),
    };
    Condition::all()
        .add(file::Column::Id.eq(file.id))
        .add(file::Column::DueAt.eq(file.due_at))
        .add(claimed_by)
}

async fn change(engine: &Engine, from: &file::Model, to: &file::Model) -> Result<bool> {
    let tx = engine.transaction(&Actor::System).await?;
    let changed = file::Entity::update_many()
        .col_expr(file::Column::Attempts, Expr::value(to.attempts))
        .col_expr(file::Column::DueAt, Expr::value(to.due_at))
        .col_expr(file::Column::ClaimedBy, Expr::value(to.claimed_by))
        .filter(unchanged(from))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(changed.rows_affected == 1)
}
