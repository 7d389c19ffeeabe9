//! Moving open sessions from one owner or queue to another.

use crate::{
    Engine, Error, Result,
    directory::destination,
    entity::{extension, queue, session, session_moment},
    events::Audience,
    presence::presences,
    reach,
    sessions::{
        access::{find, is_open, now_at, session_access},
        bulk::{at_once, locked, seen},
        holders::holder,
        timeline::{name_of, write_line},
    },
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    channel::{Destination, Destinations},
    event::Change,
    form::Problem,
    ids::{ExtensionId, SessionId},
    refusal::Refusal,
    session::{Bulk, Holder, SeenSession, SessionEventKind, State, TransferForm},
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Every extension and queue to which sessions can be moved, and who is there.
pub async fn targets(engine: &Engine, actor: &Actor) -> Result<Destinations> {
    actor.require(Permission::SessionTransfer)?;
    actor.reaches_everything()?;
    let mut targets = destination::enabled_destinations(engine).await?;
    let presences = presences(engine.db.read(), engine.clock().now()).await?;
    for target in &mut targets.extensions {
        if let Destination::Extension(id) = target.destination {
            target.presence = Some(presences.get(&id.uuid()).copied().unwrap_or_default());
        }
    }
    Ok(targets)
}

/// Moves a session. Of several who try at once, each having seen the same owner, exactly one succeeds; the others
/// learn who has it now.
pub async fn transfer(engine: &Engine, actor: &Actor, id: SessionId, form: &TransferForm) -> Result<()> {
    actor.require(Permission::SessionTransfer)?;
    let wanted = form.check()?;
    let tx = engine.transaction(actor).await?;
    let to = Target::lock(&tx, wanted.to).await?;
    let of = find(&tx, actor, id, true).await?;
    session_access(&tx, actor.extension(), &of)
        .await?
        .transfer(actor)?;
    if wanted.from.is_some_and(|from| from != holder(&of)) {
        return Err(now_at(&tx, &of).await?.into());
    }
    move_to(&tx, &of, &to, wanted.reason.as_deref()).await?;
    tx.commit().await
}

/// Takes a session from whoever has it.
pub async fn take_over(
    engine: &Engine,
    actor: &Actor,
    id: SessionId,
    from: String,
    reason: String,
) -> Result<()> {
    let own = actor.own_extension()?.clone();
    let form = TransferForm {
        from,
        to: Destination::Extension(own.id).to_string(),
        reason,
    };
    transfer(engine, actor, id, &form).await
}

/// Moves several sessions. Leaves alone those that are closed, or no longer where they were seen.
pub async fn transfer_all(
    engine: &Engine,
    actor: &Actor,
    sessions: &[SeenSession],
    form: &TransferForm,
) -> Result<Bulk> {
    actor.require(Permission::SessionTransfer)?;
    let wanted = form.check()?;
    let sessions = sessions.iter().map(|seen| SeenSession {
        with: seen.with.or(wanted.from),
        ..*seen
    });
    let asked = at_once(sessions)?;
    let tx = engine.transaction(actor).await?;
    let to = Target::lock(&tx, wanted.to).await?;
    let mut done = Vec::new();
    for of in locked(&tx, actor, &asked, is_open()).await? {
        move_to(&tx, &of, &to, wanted.reason.as_deref()).await?;
        done.push(seen(&of));
    }
    tx.commit().await?;
    Ok(Bulk::of(done, asked.len()))
}

/// Gives sessions that were moved to `to` back to those who had them. Leaves alone those that have been moved on or
/// closed, those of nobody, and those of somebody who is disabled by now.
pub async fn undo_transfer(engine: &Engine, actor: &Actor, moved: &[SeenSession], to: &str) -> Result<Bulk> {
    actor.require(Permission::SessionTransfer)?;
    let to: Destination = to.parse().map_err(|problem| Refusal::field("to", problem))?;
    let had = at_once(moved.iter().copied())?;
    let there = had.keys().map(|id| (*id, Some(Holder::from(to)))).collect();
    let tx = engine.transaction(actor).await?;
    let holders: BTreeSet<Holder> = had.values().copied().flatten().collect();
    let mut targets = HashMap::new();
    for holder in holders {
        let Some(destination) = holder.destination() else {
            continue;
        };
        match Target::lock(&tx, destination).await {
            Ok(target) => targets.insert(holder, target),
            Err(Error::Refused(_)) => continue,
            Err(error) => return Err(error),
        };
    }
    let mut done = Vec::new();
    for of in locked(&tx, actor, &there, is_open()).await? {
        let target = had
            .get(&of.id)
            .copied()
            .flatten()
            .and_then(|holder| targets.get(&holder));
        if let Some(target) = target {
            move_to(&tx, &of, target, None).await?;
            done.push(seen(&of));
        }
    }
    tx.commit().await?;
    Ok(Bulk::of(done, had.len()))
}

/// Frees the open sessions of an extension that is being disabled or loses its log-in: those of a queue go back to it,
/// and the others wait where supervisors see them.
pub(crate) async fn release(tx: &Transaction, extension: ExtensionId) -> Result<()> {
    let open = session::Entity::find()
        .filter(session::Column::ExtensionId.eq(extension.uuid()))
        .filter(is_open())
        .order_by_asc(session::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let named =
        queue::Entity::find().filter(queue::Column::Id.is_in(open.iter().filter_map(|of| of.queue_id)));
    let named: HashMap<Uuid, String> = named.all(tx).await?.into_iter().map(|q| (q.id, q.name)).collect();
    for of in open {
        let queue = of.queue_id.and_then(|id| named.get(&id).cloned());
        let what = match queue {
            Some(_) => SessionEventKind::BackInQueue,
            None => SessionEventKind::LeftToNobody,
        };
        let session_event = Told {
            what,
            who: queue,
            reason: None,
        };
        put(tx, &of, (None, of.queue_id), session_event).await?;
    }
    Ok(())
}

/// Where the sessions go, locked so that nobody disables it until the transaction ends.
struct Target {
    destination: Destination,
    name: String,
}

impl Target {
    async fn lock(tx: &DatabaseTransaction, destination: Destination) -> Result<Self> {
        let unknown = || Refusal::field("to", Problem::Unknown);
        let (name, disabled) = match destination {
            Destination::Extension(id) => {
                let found = extension::Entity::find_by_id(id.uuid()).lock_shared().one(tx);
                let found = found.await?.ok_or_else(unknown)?;
                (found.name, found.disabled_at.is_some())
            }
            Destination::Queue(id) => {
                let found = queue::Entity::find_by_id(id.uuid()).lock_shared().one(tx);
                let found = found.await?.ok_or_else(unknown)?;
                (found.name, found.disabled_at.is_some())
            }
        };
        match disabled {
            true => Err(Refusal::Disabled.into()),
            false => Ok(Self { destination, name }),
        }
    }
}

async fn move_to(tx: &Transaction, of: &session::Model, to: &Target, reason: Option<&str>) -> Result<()> {
    if holder(of) == Holder::from(to.destination) {
        return Ok(());
    }
    reach::to_destination(tx.actor(), to.destination)?;
    let place = match to.destination {
        // The session keeps its queue, from which it came and to which it may go back.
        Destination::Extension(id) => (Some(id.uuid()), of.queue_id),
        Destination::Queue(id) => (None, Some(id.uuid())),
    };
    let own = tx.actor().extension().map(|own| Destination::Extension(own.id));
    let what = match own == Some(to.destination) {
        true => SessionEventKind::TakenOver,
        false => SessionEventKind::Transferred,
    };
    let session_event = Told {
        what,
        who: Some(to.name.clone()),
        reason: reason.map(str::to_owned),
    };
    put(tx, of, place, session_event).await
}

/// What the timeline says of a move.
struct Told {
    what: SessionEventKind,
    who: Option<String>,
    reason: Option<String>,
}

/// Gives a session, which is locked, its owner and its queue; those who had it and those who get it hear of it.
async fn put(
    tx: &Transaction,
    of: &session::Model,
    (owner, queue): (Option<Uuid>, Option<Uuid>),
    session_event: Told,
) -> Result<()> {
    let state = match owner {
        Some(_) => State::Assigned,
        None => State::Waiting,
    };
    session::Entity::update_many()
        .col_expr(session::Column::ExtensionId, Expr::value(owner))
        .col_expr(session::Column::QueueId, Expr::value(queue))
        .col_expr(session::Column::State, Expr::value(state.as_str()))
        .col_expr(session::Column::SnoozedUntil, Expr::value(None::<i64>))
        .filter(session::Column::Id.eq(of.id))
        .exec(tx)
        .await?;
    let row = session_moment::Model {
        id: tx.engine().clock().new_id(),
        session_id: of.id,
        at: tx.engine().clock().now().millis(),
        what: session_event.what.as_str().to_owned(),
        who: session_event.who,
        done_by: Some(name_of(tx.actor())),
        reason: session_event.reason,
        lost_by: of.extension_id,
        mentions: None,
    };
    write_line(tx, row).await?;
    let session = SessionId::new(of.id);
    let owners = [of.extension_id, owner].into_iter().flatten();
    let queues: BTreeSet<Uuid> = [of.queue_id, queue].into_iter().flatten().collect();
    tx.changed(Change::Session { session }, Audience::of(owners, queues));
    Ok(())
}
