//! Answering, closing and reopening a session.

use crate::{
    Engine, Result,
    entity::session::{self, ANSWERED},
    sessions::{
        access::{find, now_at, session_access},
        assignment::{is_enabled, stays_enabled},
        audience::session_changed,
        timeline::{name_of, session_event},
    },
    transaction::Transaction,
};
use domain::{
    access::Actor,
    ids::SessionId,
    refs::ExtensionRef,
    refusal::Refusal,
    session::{SessionEventKind, State, reason as session_reason},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, SqlErr, sea_query::Expr,
};
use uuid::Uuid;

/// Ends a session. The customer's next message opens a new one. The timeline shows the reason, if there is one.
pub async fn close(engine: &Engine, actor: &Actor, id: SessionId, reason: &str) -> Result<()> {
    let reason = session_reason(reason)?;
    let tx = engine.transaction(actor).await?;
    let found = find(&tx, actor, id, true).await?;
    session_access(&tx, actor.extension(), &found)
        .await?
        .close(actor)?;
    end(&tx, &found, reason).await?;
    tx.commit().await
}

/// Closes a session, within the caller's transaction.
pub(crate) async fn end(tx: &Transaction, of: &session::Model, reason: Option<String>) -> Result<()> {
    let now = tx.engine().clock().now().millis();
    session::Entity::update_many()
        .col_expr(session::Column::State, Expr::value(State::Closed.as_str()))
        .col_expr(session::Column::ClosedAt, Expr::value(now))
        .col_expr(session::Column::Unread, Expr::value(0_i64))
        .col_expr(session::Column::SnoozedUntil, Expr::value(None::<i64>))
        .filter(session::Column::Id.eq(of.id))
        .exec(tx)
        .await?;
    let who = Some(name_of(tx.actor()));
    session_event(tx, of.id, SessionEventKind::Closed, who, reason).await?;
    session_changed(tx, of);
    Ok(())
}

/// Whether the contact has a later session on the channel: that is where the conversation goes on.
pub(crate) async fn goes_on_elsewhere(db: &impl ConnectionTrait, of: &session::Model) -> Result<bool> {
    let later = session::Entity::find()
        .filter(session::Column::ContactId.eq(of.contact_id))
        .filter(session::Column::ChannelId.eq(of.channel_id))
        .filter(session::Column::GroupId.is_null())
        .filter(session::Column::Id.gt(of.id))
        .one(db);
    Ok(later.await?.is_some())
}

/// Opens a closed session again, to write within its service window. Once that is over, a template does it. A session
/// that the actor has opened already stays as it is: a form was posted twice.
///
/// # Errors
/// The service window is closed, the customer has a later session, or the actor may not go on with it.
pub async fn open_again(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let tx = engine.transaction(actor).await?;
    if let Some(own) = actor.extension() {
        stays_enabled(&tx, own).await?;
    }
    let of = find(&tx, actor, id, true).await?;
    let access = session_access(&tx, actor.extension(), &of).await?;
    if access.state != State::Closed {
        let (owner, own) = (access.owner.as_ref(), actor.extension());
        return match actor {
            Actor::User(_) if owner.map(|owner| owner.id) != own.map(|own| own.id) => {
                Err(now_at(&tx, &of).await?.into())
            }
            _ => Ok(()),
        };
    }
    access.reopen(actor)?;
    if !of.window_is_open(engine.clock().now()) {
        return Err(Refusal::WindowClosed.into());
    }
    reopen(&tx, &of, access.owner.as_ref()).await?;
    tx.commit().await
}

/// Opens a closed session again: for the actor or, when a script does it, for the `last` owner, and without one for its
/// queue. Returns it as it is now.
///
/// # Errors
/// `SessionClosed` when the customer has written since: that session is where the conversation goes on.
pub(crate) async fn reopen(
    tx: &Transaction,
    of: &session::Model,
    last: Option<&ExtensionRef>,
) -> Result<session::Model> {
    if goes_on_elsewhere(&**tx, of).await? {
        return Err(Refusal::SessionClosed.into());
    }
    let owner = match (tx.actor().extension(), last) {
        (Some(own), _) => Some(own),
        (None, Some(last)) if is_enabled(tx, last).await? => Some(last),
        (None, _) => None,
    };
    put_back(tx, of, owner, 0).await
}

/// Opens a closed session again, for this owner or, without one, where it waits.
pub(super) async fn put_back(
    tx: &Transaction,
    of: &session::Model,
    owner: Option<&ExtensionRef>,
    unread: i64,
) -> Result<session::Model> {
    let state = match owner {
        Some(_) => State::Assigned,
        None => State::Waiting,
    };
    let mut change = of.clone().into_active_model();
    change.state = Set(state.as_str().to_owned());
    change.closed_at = Set(None);
    change.unread = Set(unread);
    change.extension_id = Set(owner.map(|owner| owner.id.uuid()));
    let now = match session::Entity::update(change).exec(&**tx).await {
        // It was opened at this moment.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            return Err(Refusal::SessionClosed.into());
        }
        now => now?,
    };
    let who = Some(name_of(tx.actor()));
    session_event(tx, of.id, SessionEventKind::Reopened, who, None).await?;
    session_changed(tx, of);
    session_changed(tx, &now);
    Ok(now)
}

/// Notes that the customer has been answered.
pub(crate) async fn answered(
    tx: &DatabaseTransaction,
    of: &session::Model,
    message: Uuid,
    at: i64,
) -> Result<()> {
    use session::Column;
    // Whoever answers has read what was there.
    let position = Ord::max(of.read_at.zip(of.read_id), Some((at, message)));
    session::Entity::update_many()
        .col_expr(Column::Unread, Expr::value(0_i64))
        .col_expr(Column::ReadAt, Expr::value(position.map(|(at, _)| at)))
        .col_expr(Column::ReadId, Expr::value(position.map(|(_, id)| id)))
        .col_expr(
            Column::LastMessageAt,
            Expr::value(Ord::max(at, of.last_message_at)),
        )
        .col_expr(Column::LastMessageId, Expr::value(message))
        .col_expr(Column::WaitingSince, Expr::value(ANSWERED))
        .filter(Column::Id.eq(of.id))
        .exec(tx)
        .await?;
    Ok(())
}
