//! Closing several sessions at once, and taking that back.

use crate::{
    Engine, Result,
    entity::{extension, session},
    sessions::{
        access::{is_closed, is_open, visible_to},
        assignment::is_enabled,
        holders::holder,
        lifecycle::{end, goes_on_elsewhere, put_back},
        unread::count_unread,
    },
};
use domain::{
    access::{Actor, Permission},
    form::Problem,
    ids::SessionId,
    refs::ExtensionRef,
    refusal::Refusal,
    session::{Bulk, Holder, MAX_AT_ONCE, UNDO_FOR, reason as session_reason},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Closes the sessions that are open and, with `from`, still there.
///
/// # Errors
/// Not a supervisor, no session or too many, or an invalid reason.
pub async fn close_all(
    engine: &Engine,
    actor: &Actor,
    ids: &[SessionId],
    from: Option<Holder>,
    reason: &str,
) -> Result<Bulk> {
    actor.require(Permission::SessionCloseAny)?;
    let reason = session_reason(reason)?;
    let ids = at_once(ids)?;
    let asked = ids.len();
    let tx = engine.transaction(actor).await?;
    let mut done = Vec::new();
    for of in locked(&tx, actor, ids, is_open()).await? {
        if from.is_none_or(|from| from == holder(&of)) {
            end(&tx, &of, reason.clone()).await?;
            done.push(SessionId::new(of.id));
        }
    }
    tx.commit().await?;
    Ok(Bulk::of(done, asked))
}

/// Opens sessions that have just been closed, for those who had them. Those whose customer has written since stay closed:
/// a later session is where the conversation goes on.
///
/// # Errors
/// Not a supervisor, or no session or too many.
pub async fn undo_close(engine: &Engine, actor: &Actor, ids: &[SessionId]) -> Result<Bulk> {
    actor.require(Permission::SessionCloseAny)?;
    let ids = at_once(ids)?;
    let asked = ids.len();
    let tx = engine.transaction(actor).await?;
    let since = engine.clock().now().minus(UNDO_FOR).millis();
    let just_closed = is_closed().add(session::Column::ClosedAt.gte(since));
    let mut done = Vec::new();
    for of in locked(&tx, actor, ids, just_closed).await? {
        if of.group_id.is_some() || goes_on_elsewhere(&*tx, &of).await? {
            continue;
        }
        let owner = match of.extension_id {
            Some(id) => extension::Entity::find_by_id(id).one(&tx).await?,
            None => None,
        };
        let owner = owner.map(ExtensionRef::from);
        // Whoever had it may have been disabled meanwhile.
        let owner = match owner {
            Some(owner) if is_enabled(&tx, &owner).await? => Some(owner),
            _ => None,
        };
        let unread = count_unread(&*tx, &of).await?;
        put_back(&tx, &of, owner.as_ref(), unread).await?;
        done.push(SessionId::new(of.id));
    }
    tx.commit().await?;
    Ok(Bulk::of(done, asked))
}

/// The ids, each once.
pub(super) fn at_once(ids: &[SessionId]) -> Result<HashSet<Uuid>> {
    let ids: HashSet<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let problem = match ids.len() {
        0 => Problem::Required,
        1..=MAX_AT_ONCE => return Ok(ids),
        _ => Problem::TooLong,
    };
    Err(Refusal::field("sessions", problem).into())
}

/// Those of the sessions that the actor sees and that are in this state, locked in one order.
pub(super) async fn locked(
    tx: &DatabaseTransaction,
    actor: &Actor,
    ids: HashSet<Uuid>,
    state: Condition,
) -> Result<Vec<session::Model>> {
    let found = session::Entity::find()
        .filter(visible_to(actor))
        .filter(session::Column::Id.is_in(ids))
        .filter(state)
        .order_by_asc(session::Column::Id)
        .lock_exclusive();
    Ok(found.all(tx).await?)
}
