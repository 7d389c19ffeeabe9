//! Picking up a session, which gives it its owner.

use crate::{
    Engine, Result,
    entity::{extension, session},
    sessions::{
        access::{find, session_access},
        audience::session_changed,
        timeline::session_event,
    },
    transaction::Transaction,
};
use domain::{
    access::Actor,
    ids::{ExtensionId, SessionId},
    refs::ExtensionRef,
    refusal::Refusal,
    session::{SessionEventKind, State},
};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

/// Makes an extension the owner of the session. Of several who try at once exactly one succeeds; the others learn who.
/// Users pick up for themselves; a script names the extension.
pub async fn pick_up(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    extension: Option<ExtensionId>,
) -> Result<()> {
    let tx = engine.transaction(actor).await?;
    let taker = match (actor, extension) {
        (Actor::User(_), _) => actor.own_extension()?.clone(),
        (_, Some(extension)) => {
            let found = extension::Entity::find_by_id(extension.uuid()).one(&tx).await?;
            let found = found.ok_or(Refusal::field("extension", domain::form::Problem::Unknown))?;
            found.into()
        }
        (_, None) => return Err(Refusal::field("extension", domain::form::Problem::Required).into()),
    };
    stays_enabled(&tx, &taker).await?;
    // An actor who was too late may no longer see the session, but has to learn who took it.
    let found = session::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let access = session_access(&tx, Some(&taker), &found).await?;
    let member = access.queue.is_some_and(|queue| queue.member);
    // The extension that a script names must not lead beyond what the script itself sees.
    let may_have_seen = member && actor.bound().is_none();
    if !may_have_seen && find(&tx, actor, id, false).await.is_err() {
        return Err(Refusal::NotFound.into());
    }
    access.pick_up(actor, &taker)?;
    if found.extension_id == Some(taker.id.uuid()) {
        return Ok(());
    }
    take(&tx, &found, &taker, Taking::PicksUp).await?;
    tx.commit().await
}

/// How a session gets its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    PicksUp,
    /// Its queue gives it.
    IsGiven,
}

/// Gives an unowned session its owner, within the caller's transaction.
pub(crate) async fn take(
    tx: &Transaction,
    of: &session::Model,
    taker: &ExtensionRef,
    how: Taking,
) -> Result<()> {
    let taken = session::Entity::update_many()
        .col_expr(session::Column::ExtensionId, Expr::value(taker.id.uuid()))
        .col_expr(session::Column::State, Expr::value(State::Assigned.as_str()))
        .filter(session::Column::Id.eq(of.id))
        .filter(session::Column::ExtensionId.is_null())
        .filter(session::Column::State.eq(State::Waiting.as_str()))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Err(Refusal::PickUpFirst.into());
    }
    let what = match how {
        Taking::PicksUp => SessionEventKind::PickedUp,
        Taking::IsGiven => SessionEventKind::Given,
    };
    session_event(tx, of.id, what, Some(taker.name.clone()), None).await?;
    let now = session::Entity::find_by_id(of.id)
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    session_changed(tx, &now);
    Ok(())
}

/// Locks an extension, so that nobody disables it until the transaction ends, and refuses a disabled one. This comes
/// before the session is locked, in the same order as when an extension is disabled.
pub(crate) async fn stays_enabled(tx: &DatabaseTransaction, own: &ExtensionRef) -> Result<()> {
    match is_enabled(tx, own).await? {
        true => Ok(()),
        false => Err(Refusal::Disabled.into()),
    }
}

/// Locks an extension, so that nobody disables it until the transaction ends. With a session locked before, this is
/// safe only if the session is closed: disabling touches open ones.
pub(crate) async fn is_enabled(tx: &DatabaseTransaction, own: &ExtensionRef) -> Result<bool> {
    let found = extension::Entity::find_by_id(own.id.uuid()).lock_shared().one(tx);
    Ok(found.await?.is_some_and(|found| found.disabled_at.is_none()))
}
