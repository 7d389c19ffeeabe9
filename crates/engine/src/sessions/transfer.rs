//! Moving open sessions from one owner or queue to another.

use super::{Audience, Order, find, is_open, is_waiting, page_of, standing};
use crate::{
    Engine, Result,
    access::users,
    channels,
    directory::queues,
    entity::{extension, queue, session, session_moment},
    events::Changes,
};
use domain::{
    channel::{Destination, Destinations},
    event::Change,
    ids::{ExtensionId, QueueId, SessionId},
    page::{Page, PageRequest},
    people::{Actor, ExtensionRef, Permission},
    refusal::{Problem, Refusal},
    session::{Happening, Holder, HolderRow, MOVED_MOST, Moved, SessionRow, State, Transfer, TransferForm},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Every extension and queue to which sessions can be moved.
pub async fn targets(e: &Engine, actor: &Actor) -> Result<Destinations> {
    actor.require(Permission::Supervise)?;
    channels::enabled_destinations(e).await
}

/// Moves a session. Of several who try at once, each having seen the same owner, exactly one succeeds; the others
/// learn who has it now.
pub async fn transfer(e: &Engine, actor: &Actor, id: SessionId, form: &TransferForm) -> Result<()> {
    actor.require(Permission::Supervise)?;
    let wanted = form.check()?;
    let tx = e.db.write().await?;
    let to = Target::lock(&tx, wanted.to).await?;
    let of = find(&tx, actor, id, true).await?;
    standing(&tx, actor.extension(), &of).await?.transfer(actor)?;
    if wanted.from.is_some_and(|from| from != holder(&of)) {
        return Err(now_at(&tx, &of).await?.into());
    }
    let changes = move_to(e, &tx, actor, &of, &to, &wanted).await?;
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

/// Takes a session from whoever has it.
pub async fn take_over(e: &Engine, actor: &Actor, id: SessionId, from: String, reason: String) -> Result<()> {
    let own = users::own_extension(actor)?;
    let form = TransferForm {
        from,
        to: Destination::Extension(own.id).to_string(),
        reason,
    };
    transfer(e, actor, id, &form).await
}

/// Moves sessions together. What is closed, or no longer where it was seen, is left alone.
pub async fn transfer_all(
    e: &Engine,
    actor: &Actor,
    ids: &[SessionId],
    form: &TransferForm,
) -> Result<Moved> {
    actor.require(Permission::Supervise)?;
    let wanted = form.check()?;
    let ids: HashSet<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    if ids.is_empty() {
        return Err(Refusal::field("sessions", Problem::Required).into());
    }
    if ids.len() > MOVED_MOST {
        return Err(Refusal::field("sessions", Problem::TooLong).into());
    }
    let asked = ids.len();
    let tx = e.db.write().await?;
    let to = Target::lock(&tx, wanted.to).await?;
    let open = session::Entity::find()
        .filter(super::visible_to(actor))
        .filter(session::Column::Id.is_in(ids))
        .filter(is_open())
        .order_by_asc(session::Column::Id)
        .lock_exclusive()
        .all(&tx)
        .await?;
    let (mut changes, mut moved) = (Changes::default(), 0);
    for of in open {
        if wanted.from.is_none_or(|from| from == holder(&of)) {
            changes.append(move_to(e, &tx, actor, &of, &to, &wanted).await?);
            moved += 1;
        }
    }
    tx.commit().await?;
    e.events().publish(changes);
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    Ok(Moved {
        moved: count(moved),
        left: count(asked - moved),
    })
}

/// Frees the open sessions of an extension that is being disabled or loses its log-in: those of a queue go back to it, the
/// others wait where supervisors see them.
pub(crate) async fn release(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    extension: ExtensionId,
) -> Result<Changes> {
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
    let mut changes = Changes::default();
    for of in open {
        let queue = of.queue_id.and_then(|id| named.get(&id).cloned());
        let what = match queue {
            Some(_) => Happening::BackInQueue,
            None => Happening::LeftToNobody,
        };
        let moment = Told {
            what,
            who: queue,
            reason: None,
        };
        changes.append(put(e, tx, actor, &of, (None, of.queue_id), moment).await?);
    }
    Ok(changes)
}

/// Where the sessions go, kept as it is until the transaction ends: nobody disables it meanwhile.
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

/// Who has it, or where it waits.
fn holder(of: &session::Model) -> Holder {
    holder_of(of.extension_id, of.queue_id)
}

fn holder_of(extension: Option<Uuid>, queue: Option<Uuid>) -> Holder {
    match (extension, queue) {
        (Some(id), _) => Holder::Extension(ExtensionId::new(id)),
        (None, Some(id)) => Holder::Queue(QueueId::new(id)),
        (None, None) => Holder::Nobody,
    }
}

/// What is said to whoever expected it elsewhere, or can no longer see it.
pub(super) async fn now_at(db: &impl ConnectionTrait, of: &session::Model) -> Result<Refusal> {
    let owner = super::owner_of(db, of).await?;
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

async fn move_to(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    of: &session::Model,
    to: &Target,
    wanted: &Transfer,
) -> Result<Changes> {
    if holder(of) == Holder::from(to.destination) {
        return Ok(Changes::default());
    }
    let place = match to.destination {
        // Its queue is where it came from, and where it goes back to.
        Destination::Extension(id) => (Some(id.uuid()), of.queue_id),
        Destination::Queue(id) => (None, Some(id.uuid())),
    };
    let own = actor.extension().map(|own| Destination::Extension(own.id));
    let what = match own == Some(to.destination) {
        true => Happening::TakenOver,
        false => Happening::Transferred,
    };
    let moment = Told {
        what,
        who: Some(to.name.clone()),
        reason: wanted.reason.clone(),
    };
    put(e, tx, actor, of, place, moment).await
}

/// What the timeline says of a move.
struct Told {
    what: Happening,
    who: Option<String>,
    reason: Option<String>,
}

/// Gives a session, which is locked, its owner and its queue; those who had it and those who get it hear of it.
async fn put(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    of: &session::Model,
    (owner, queue): (Option<Uuid>, Option<Uuid>),
    moment: Told,
) -> Result<Changes> {
    let state = match owner {
        Some(_) => State::Assigned,
        None => State::Waiting,
    };
    session::Entity::update_many()
        .col_expr(session::Column::ExtensionId, Expr::value(owner))
        .col_expr(session::Column::QueueId, Expr::value(queue))
        .col_expr(session::Column::State, Expr::value(state.as_str()))
        .filter(session::Column::Id.eq(of.id))
        .exec(tx)
        .await?;
    let row = session_moment::Model {
        id: e.clock().new_id(),
        session_id: of.id,
        at: e.clock().now().millis(),
        what: moment.what.as_str().to_owned(),
        who: moment.who,
        done_by: Some(super::name_of(actor)),
        reason: moment.reason,
        lost_by: of.extension_id,
    };
    session_moment::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let mut hear: Vec<Uuid> = [of.extension_id, owner].into_iter().flatten().collect();
    let queues: HashSet<Uuid> = [of.queue_id, queue].into_iter().flatten().collect();
    for queue in queues {
        hear.extend(queues::members(tx, queue).await?);
    }
    let mut changes = Changes::default();
    let change = Change::Session {
        session: SessionId::new(of.id),
    };
    changes.add(change, Audience::Extensions(hear));
    Ok(changes)
}

/// Everybody who has open sessions, and every place where some wait; those that nobody attends to come first.
pub async fn holders(e: &Engine, actor: &Actor) -> Result<Vec<HolderRow>> {
    actor.require(Permission::Supervise)?;
    let db = e.db.read();
    let owned: Vec<(Uuid, i64)> = open_by_owner().into_tuple().all(db).await?;
    let waiting: Vec<(Option<Uuid>, i64)> = waiting_by_queue().into_tuple().all(db).await?;
    let owned = owned
        .into_iter()
        .map(|(id, open)| (holder_of(Some(id), None), open));
    let waiting = waiting.into_iter().map(|(id, open)| (holder_of(None, id), open));
    let attended = users::attended(db).await?;
    let extensions = extension::Entity::find().all(db).await?;
    let queues = queue::Entity::find().all(db).await?;
    let mut rows = Vec::new();
    for (holder, open) in owned.chain(waiting) {
        let (label, answers) = match holder {
            Holder::Extension(id) => {
                let found = extensions.iter().find(|e| e.id == id.uuid());
                (
                    found.map(|e| format!("{} {}", e.number, e.name)),
                    attended.contains(&id.uuid()),
                )
            }
            Holder::Queue(id) => {
                let found = queues.iter().find(|q| q.id == id.uuid());
                let members = queues::members(db, id.uuid()).await?;
                (
                    found.map(|q| q.name.clone()),
                    members.iter().any(|member| attended.contains(member)),
                )
            }
            Holder::Nobody => (None, false),
        };
        rows.push(HolderRow {
            holder,
            label,
            unattended: !answers,
            open: u32::try_from(open).unwrap_or(u32::MAX),
        });
    }
    rows.sort_by(|a, b| (!a.unattended, &a.label).cmp(&(!b.unattended, &b.label)));
    Ok(rows)
}

/// How many open sessions each extension has. Like the next, it is counted in an index, without the rows.
pub(super) fn open_by_owner() -> Select<session::Entity> {
    let owned = session::Column::ExtensionId.is_not_null();
    count_by(session::Column::ExtensionId, is_open().add(owned))
}

/// How many sessions wait in each queue and in none: these are the open ones that nobody has.
pub(super) fn waiting_by_queue() -> Select<session::Entity> {
    count_by(session::Column::QueueId, is_waiting())
}

fn count_by(place: session::Column, counted: Condition) -> Select<session::Entity> {
    session::Entity::find()
        .select_only()
        .column(place)
        .column_as(Expr::cust("COUNT(*)"), "sessions")
        .filter(counted)
        .group_by(place)
}

/// The open sessions of one holder, the latest message first.
pub async fn held_by(
    e: &Engine,
    actor: &Actor,
    holder: Holder,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    use session::Column;
    actor.require(Permission::Supervise)?;
    let held = match holder {
        Holder::Extension(id) => Condition::all().add(Column::ExtensionId.eq(id.uuid())),
        Holder::Queue(id) => Condition::all()
            .add(Column::ExtensionId.is_null())
            .add(Column::QueueId.eq(id.uuid())),
        Holder::Nobody => Condition::all()
            .add(Column::ExtensionId.is_null())
            .add(Column::QueueId.is_null()),
    };
    let open = session::Entity::find().filter(held).filter(is_open());
    let order = Order::LatestMessageFirst;
    page_of(e, order.sort(open), order, page).await
}

/// Keeps an extension from being disabled until the transaction ends, and refuses one that is. It comes before the
/// session is locked, in the order in which whoever disables it locks them.
pub(crate) async fn stays_enabled(tx: &DatabaseTransaction, own: &ExtensionRef) -> Result<()> {
    let found = extension::Entity::find_by_id(own.id.uuid()).lock_shared().one(tx);
    match found.await? {
        Some(found) if found.disabled_at.is_none() => Ok(()),
        _ => Err(Refusal::Disabled.into()),
    }
}

/// Why somebody cannot see a session: whoever could a moment ago, as a member of its queue or as its owner, learns where
/// it is now. For anybody else it does not exist.
pub(super) async fn why_unseen(db: &impl ConnectionTrait, actor: &Actor, id: SessionId) -> Result<Refusal> {
    let Some(own) = actor.extension() else {
        return Ok(Refusal::NotFound);
    };
    let found = session::Entity::find_by_id(id.uuid()).one(db).await?;
    let Some(of) = found.filter(|of| of.state != State::Closed.as_str()) else {
        return Ok(Refusal::NotFound);
    };
    let member = match of.queue_id {
        Some(queue) => queues::members(db, queue).await?.contains(&own.id.uuid()),
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
