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
    session::{Bulk, Holder, MAX_AT_ONCE, SeenSession, UNDO_FOR, reason as session_reason},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Closes those of the sessions that are open and still where they were seen.
///
/// # Errors
/// Not a supervisor, no session or too many, or an invalid reason.
pub async fn close_all(
    engine: &Engine,
    actor: &Actor,
    sessions: &[SeenSession],
    reason: &str,
) -> Result<Bulk> {
    actor.require(Permission::SessionCloseAny)?;
    let reason = session_reason(reason)?;
    let asked = at_once(sessions.iter().copied())?;
    let tx = engine.transaction(actor).await?;
    let mut done = Vec::new();
    for of in locked(&tx, actor, &asked, is_open()).await? {
        end(&tx, &of, reason.clone()).await?;
        done.push(seen(&of));
    }
    tx.commit().await?;
    Ok(Bulk::of(done, asked.len()))
}

/// Opens sessions that have just been closed, for those who had them. Those whose customer has written since stay closed:
/// a later session is where the conversation goes on.
///
/// # Errors
/// Not a supervisor, or no session or too many.
pub async fn undo_close(engine: &Engine, actor: &Actor, sessions: &[SeenSession]) -> Result<Bulk> {
    actor.require(Permission::SessionCloseAny)?;
    let asked = at_once(sessions.iter().copied())?;
    let tx = engine.transaction(actor).await?;
    let since = engine.clock().now().minus(UNDO_FOR).millis();
    let just_closed = is_closed().add(session::Column::ClosedAt.gte(since));
    let mut done = Vec::new();
    for of in locked(&tx, actor, &asked, just_closed).await? {
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
        done.push(seen(&of));
    }
    tx.commit().await?;
    Ok(Bulk::of(done, asked.len()))
}

/// The session with its present holder.
pub(super) fn seen(of: &session::Model) -> SeenSession {
    SeenSession {
        session: SessionId::new(of.id),
        with: Some(holder(of)),
    }
}

/// The sessions, each once, with the holders with whom they were seen.
pub(super) fn at_once(sessions: impl Iterator<Item = SeenSession>) -> Result<HashMap<Uuid, Option<Holder>>> {
    let asked: HashMap<_, _> = sessions.map(|seen| (seen.session.uuid(), seen.with)).collect();
    let problem = match asked.len() {
        0 => Problem::Required,
        1..=MAX_AT_ONCE => return Ok(asked),
        _ => Problem::TooLong,
    };
    Err(Refusal::field("sessions", problem).into())
}

/// Those of the sessions that the actor sees, that are in this state and still where they were seen, locked in one order.
pub(super) async fn locked(
    tx: &DatabaseTransaction,
    actor: &Actor,
    asked: &HashMap<Uuid, Option<Holder>>,
    state: Condition,
) -> Result<Vec<session::Model>> {
    let found = session::Entity::find()
        .filter(visible_to(actor))
        .filter(session::Column::Id.is_in(asked.keys().copied()))
        .filter(state)
        .order_by_asc(session::Column::Id)
        .lock_exclusive();
    let mut found = found.all(tx).await?;
    found.retain(|of| {
        let with = asked.get(&of.id).copied().flatten();
        with.is_none_or(|with| with == holder(of))
    });
    Ok(found)
}
