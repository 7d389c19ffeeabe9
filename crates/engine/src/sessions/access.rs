//! Who sees which sessions, and who may go on with one. Every query starts from the actor.

use crate::{
    Result,
    entity::{extension, queue, queue_member, session, session_moment, stored},
    reach,
};
use domain::{
    access::{Actor, Permission},
    ids::{ExtensionId, SessionId},
    refs::ExtensionRef,
    refusal::Refusal,
    session::{QueueAccess, SessionAccess, State, Tab},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query, SelectStatement},
};
use uuid::Uuid;

/// The sessions that an actor may see: all of them, those of the channel or the queue to which a token is bound, or their
/// own and the unowned ones in their queues.
pub(crate) fn visible_to(actor: &Actor) -> Condition {
    if let Some(bound) = actor.bound() {
        return reach::sessions(bound);
    }
    if actor.may(Permission::SessionReadAll) {
        return Condition::all();
    }
    match actor.extension() {
        Some(own) => Condition::any().add(owned_by(own)).add(unowned_in_queues_of(own)),
        None => Condition::all().add(Expr::value(false)),
    }
}

pub(crate) fn owned_by(own: &ExtensionRef) -> Condition {
    owned(own.id)
}

pub(crate) fn owned(by: ExtensionId) -> Condition {
    Condition::all().add(session::Column::ExtensionId.eq(by.uuid()))
}

pub(crate) fn unowned_in_queues_of(own: &ExtensionRef) -> Condition {
    Condition::all()
        .add(session::Column::ExtensionId.is_null())
        .add(in_queues_of(own))
}

pub(crate) fn in_queues_of(own: &ExtensionRef) -> Expr {
    session::Column::QueueId.in_subquery(queues_of(own))
}

/// The ids of an extension's queues.
pub(crate) fn queues_of(own: &ExtensionRef) -> SelectStatement {
    Query::select()
        .column(queue_member::Column::QueueId)
        .from(queue_member::Entity)
        .and_where(queue_member::Column::ExtensionId.eq(own.id.uuid()))
        .to_owned()
}

pub(crate) fn on_tab(actor: &Actor, tab: Tab) -> Condition {
    match tab {
        Tab::All => visible_to(actor),
        Tab::Mine => match actor.extension() {
            Some(own) => owned_by(own).add(is_open()),
            None => Condition::all().add(Expr::value(false)),
        },
        Tab::Waiting => match actor.extension() {
            _ if actor.may(Permission::SessionReadAll) => is_waiting(),
            Some(own) => is_waiting().add(in_queues_of(own)),
            None => is_waiting().add(visible_to(actor)),
        },
    }
}

/// Spelt as in the partial indexes, like [`is_closed`] and [`is_waiting`]: with a parameter in it, SQLite would read
/// every session there is.
pub(crate) fn is_open() -> Condition {
    Condition::all().add(state().ne(written(State::Closed)))
}

pub(crate) fn is_closed() -> Condition {
    Condition::all().add(state().eq(written(State::Closed)))
}

pub(crate) fn is_waiting() -> Condition {
    Condition::all().add(state().eq(written(State::Waiting)))
}

fn state() -> Expr {
    Expr::col((session::Entity, session::Column::State))
}

fn written(state: State) -> Expr {
    Expr::cust(format!("'{}'", state.as_str()))
}

/// A session that the actor may see. `for_change` locks it until the transaction ends.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: SessionId,
    for_change: bool,
) -> Result<session::Model> {
    let mut query = session::Entity::find_by_id(id.uuid()).filter(visible_to(actor));
    if for_change {
        query = query.lock_exclusive();
    }
    match query.one(db).await? {
        Some(found) => Ok(found),
        None => Err(why_unseen(db, actor, id).await?.into()),
    }
}

/// What decides who may go on with a session.
///
/// Membership is that of `answering`: the actor's own extension, or the one for which a script picks up.
pub(crate) async fn session_access(
    db: &impl ConnectionTrait,
    answering: Option<&ExtensionRef>,
    of: &session::Model,
) -> Result<SessionAccess> {
    let owner = owner_of(db, of).await?;
    let queue = match of.queue_id {
        Some(id) => queue::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let queue = match queue {
        Some(queue) => {
            let member = match answering {
                Some(own) => members(db, queue.id).await?.contains(&own.id.uuid()),
                None => false,
            };
            Some(QueueAccess {
                pick_up: queue.pick_up_mode()?,
                member,
            })
        }
        None => None,
    };
    Ok(SessionAccess {
        state: stored(&of.state)?,
        owner,
        queue,
        group: of.group_id.is_some(),
    })
}

pub(crate) async fn owner_of(db: &impl ConnectionTrait, of: &session::Model) -> Result<Option<ExtensionRef>> {
    let owner = match of.extension_id {
        Some(id) => extension::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(owner.map(Into::into))
}

/// The refusal for an actor who expected the session elsewhere, or can no longer see it.
pub(crate) async fn now_at(db: &impl ConnectionTrait, of: &session::Model) -> Result<Refusal> {
    let owner = owner_of(db, of).await?;
    if let Some(owner) = owner {
        return Ok(Refusal::Taken { by: owner.name });
    }
    let queue = match of.queue_id {
        Some(id) => queue::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(match queue {
        Some(queue) => Refusal::Moved { to: queue.name },
        None => Refusal::ChangedMeanwhile,
    })
}

/// Why an actor cannot see a session. One who could see it a moment ago, as a member of its queue or as its owner,
/// learns where it is now; for anybody else it does not exist.
pub(crate) async fn why_unseen(db: &impl ConnectionTrait, actor: &Actor, id: SessionId) -> Result<Refusal> {
    let Some(own) = actor.extension() else {
        return Ok(Refusal::NotFound);
    };
    let found = session::Entity::find_by_id(id.uuid()).one(db).await?;
    let Some(of) = found.filter(|of| of.state != State::Closed.as_str()) else {
        return Ok(Refusal::NotFound);
    };
    let member = match of.queue_id {
        Some(queue) => members(db, queue).await?.contains(&own.id.uuid()),
        None => false,
    };
    let had_it = || async {
        let lost = session_moment::Entity::find()
            .filter(session_moment::Column::LostBy.eq(own.id.uuid()))
            .filter(session_moment::Column::SessionId.eq(of.id));
        Ok::<_, crate::Error>(lost.one(db).await?.is_some())
    };
    match member || had_it().await? {
        true => now_at(db, &of).await,
        false => Ok(Refusal::NotFound),
    }
}

/// The extensions in a queue.
pub(crate) async fn members(db: &impl ConnectionTrait, queue: Uuid) -> Result<Vec<Uuid>> {
    let members = queue_member::Entity::extensions_in(queue);
    Ok(members.into_tuple().all(db).await?)
}
