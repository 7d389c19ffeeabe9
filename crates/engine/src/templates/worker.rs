//! The worker that asks Meta for the templates of those accounts whose channels may send them.

use crate::{
    Engine, Result,
    entity::{channel, template_account},
    templates::sync::{CLAIMED_FOR, claim, sync},
    wakes::Worker,
};
use domain::time::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::{collections::HashMap, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often it looks without being woken; also how late it may be.
const PATROL: Duration = Duration::from_secs(15);

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            passed = pass(&engine) => if let Err(error) = passed {
                tracing::error!(%error, "Meta cannot be asked for templates now");
            },
            () = stop.cancelled() => break,
        }
        tokio::select! {
            () = engine.wakes.woken(Worker::Templates) => {}
            () = tokio::time::sleep(PATROL) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// One account after the other: nobody waits for it.
async fn pass(engine: &Engine) -> Result<()> {
    for (waba_id, due_at) in due(engine).await? {
        if let Some(claimed) = claim(engine, &waba_id, due_at).await? {
            sync(engine, &claimed).await?;
        }
    }
    Ok(())
}

/// Whether no account is due, and Meta is not being asked.
pub(crate) async fn is_idle(engine: &Engine) -> Result<bool> {
    let accounts = template_account::Entity::find().all(engine.db.read()).await?;
    let is_asked = |account: &template_account::Model| {
        let claimed = account
            .tried_at
            .map(|tried| Timestamp::from_millis(tried).plus(CLAIMED_FOR).millis());
        claimed == Some(account.due_at)
    };
    Ok(!accounts.iter().any(is_asked) && due(engine).await?.is_empty())
}

/// Accounts that are due, and since when; `None`: Meta was never asked.
pub(super) async fn due(engine: &Engine) -> Result<Vec<(String, Option<i64>)>> {
    use channel::Column;
    let db = engine.db.read();
    let used: Vec<Option<String>> = channel::Entity::find()
        .select_only()
        .column(Column::WabaId)
        .distinct()
        .filter(Column::WabaId.is_not_null())
        .filter(Column::TemplatesAllowed.eq(true))
        .filter(Column::PausedAt.is_null())
        .filter(Column::DeletedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    if used.is_empty() {
        return Ok(Vec::new());
    }
    let known = template_account::Entity::find().all(db).await?;
    let known: HashMap<_, _> = known
        .into_iter()
        .map(|account| (account.waba_id, account.due_at))
        .collect();
    let now = engine.clock().now().millis();
    let accounts = used.into_iter().flatten().map(|waba_id| {
        let due_at = known.get(&waba_id).copied();
        (waba_id, due_at)
    });
    Ok(accounts
        .filter(|(_, due_at)| due_at.is_none_or(|due_at| due_at <= now))
        .collect())
}
