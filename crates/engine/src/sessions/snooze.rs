//! Putting a session off. It leaves its owner's list and their counts until a time; the customer's next message, or a new
//! owner, brings it back before.

use crate::{
    Engine, Result,
    entity::session,
    sessions::{
        access::{find, session_access},
        audience::session_changed,
        timeline::{name_of, session_event},
    },
};
use domain::{
    access::Actor,
    ids::SessionId,
    session::{SessionEventKind, snoozed_until},
    time::Timestamp,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Puts a session off until a time; one that is put off already gets the new time.
///
/// # Errors
/// The actor does not see the session, or it is not theirs; the time is not ahead.
pub async fn snooze(engine: &Engine, actor: &Actor, id: SessionId, until: Timestamp) -> Result<()> {
    set(engine, actor, id, Some(until)).await
}

/// Brings a session back that was put off.
///
/// # Errors
/// The actor does not see the session, or it is not theirs.
pub async fn wake(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    set(engine, actor, id, None).await
}

async fn set(engine: &Engine, actor: &Actor, id: SessionId, until: Option<Timestamp>) -> Result<()> {
    let tx = engine.transaction(actor).await?;
    let found = find(&tx, actor, id, true).await?;
    session_access(&tx, actor.extension(), &found)
        .await?
        .snooze(actor)?;
    let until = match until {
        Some(until) => Some(snoozed_until(until, engine.clock().now())?.millis()),
        None => None,
    };
    if until == found.snoozed_until {
        return Ok(());
    }
    session::Entity::update_many()
        .col_expr(session::Column::SnoozedUntil, Expr::value(until))
        .filter(session::Column::Id.eq(found.id))
        .exec(&tx)
        .await?;
    let what = match until {
        Some(_) => SessionEventKind::Snoozed,
        None => SessionEventKind::Woken,
    };
    session_event(&tx, found.id, what, Some(name_of(actor)), None).await?;
    session_changed(&tx, &found);
    tx.commit().await
}
