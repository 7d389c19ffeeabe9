//! What a tab of the inbox shows, as stretches (ranges) of indexes. An operator sees their own sessions and the unowned
//! ones in their queues; no index has all of these in the order of the list. Each stretch, the open or the closed
//! sessions of one place, is in one index in that order, so a page needs only the beginning of each.
//!
//! With one query for all of them, the databases would scan everybody's sessions until a page of them is found: the
//! whole history for a new operator, who has less than a page.

use crate::{
    Result,
    entity::{queue_member, session},
    reach,
    sessions::{
        access::{is_closed, is_open, is_waiting, on_tab, owned_by},
        order::Order,
    },
};
use domain::{
    access::{Actor, Permission},
    session::Tab,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

/// Maximum number of queues with a stretch of their own. For an extension in more queues, several queues share a
/// stretch: SQLite combines no more than 500 statements.
const QUEUES_APART: usize = 100;

/// The stretches of a tab. No session is in two of them, and together they are [`on_tab`].
pub(super) async fn of_tab(db: &impl ConnectionTrait, actor: &Actor, tab: Tab) -> Result<Vec<Condition>> {
    let own = match actor.extension() {
        Some(own) if !actor.may(Permission::SessionReadAll) && tab != Tab::Mine => own,
        _ => return Ok(vec![on_tab(actor, tab)]),
    };
    let queues: Vec<Uuid> = queue_member::Entity::queues_of(own.id.uuid())
        .order_by_asc(queue_member::Column::QueueId)
        .into_tuple()
        .all(db)
        .await?;
    let each = queues.len().div_ceil(QUEUES_APART).max(1);
    let queues = queues
        .chunks(each)
        .map(|some| session::Column::QueueId.is_in(some.iter().copied()));
    if tab == Tab::Waiting {
        return Ok(queues.map(|some| is_waiting().add(some)).collect());
    }
    let unowned = queues.map(|some| {
        Condition::all()
            .add(session::Column::ExtensionId.is_null())
            .add(some)
    });
    let places = std::iter::once(owned_by(own)).chain(unowned);
    let both = places.flat_map(|place| [place.clone().add(is_open()), place.add(is_closed())]);
    Ok(both.collect())
}

/// What is scanned for a page of everything that the actor sees, and what narrows it. The sessions of the channel or the queue
/// to which a token is bound are in no index in the order of the list: they are looked for among all.
pub(super) async fn scanned(db: &impl ConnectionTrait, actor: &Actor) -> Result<(Vec<Condition>, Condition)> {
    Ok(match actor.bound() {
        Some(bound) => (vec![Condition::all()], reach::sessions(bound)),
        None => (of_tab(db, actor, Tab::All).await?, Condition::all()),
    })
}

/// The first `many` sessions of these stretches together.
pub(super) fn first(
    stretches: &[Condition],
    order: Order,
    narrowed: &Condition,
    many: u64,
) -> Select<session::Entity> {
    if let [only] = stretches {
        return beginning(only, order, narrowed, many);
    }
    let found = match together(stretches, order, narrowed, many) {
        Some(mut all) => session::Column::Id.in_subquery(all.column(session::Column::Id).take()),
        None => Expr::value(false),
    };
    order
        .sort_found(session::Entity::find().filter(found))
        .limit(many)
}

/// The time of the session that comes after `n` others; `None` when there are no stretches.
pub(super) fn time_of_nth(stretches: &[Condition], narrowed: &Condition, n: u64) -> Option<SelectStatement> {
    let order = Order::LatestMessage;
    let mut all = together(stretches, order, narrowed, n + 1)?;
    Some(all.column(order.column()).offset(n).limit(1).take())
}

fn beginning(stretch: &Condition, order: Order, narrowed: &Condition, many: u64) -> Select<session::Entity> {
    let query = session::Entity::find()
        .filter(stretch.clone())
        .filter(narrowed.clone());
    order.sort(query).limit(many)
}

/// The beginnings of all stretches, of times and ids alone, in their order; the caller chooses a column.
fn together(
    stretches: &[Condition],
    order: Order,
    narrowed: &Condition,
    many: u64,
) -> Option<SelectStatement> {
    let columns = [order.column(), session::Column::Id];
    let beginnings = stretches.iter().map(|stretch| {
        let query = beginning(stretch, order, narrowed, many).select_only();
        // SQLite allows no order and no limit in one part of a union, but in a query within it.
        Query::select()
            .columns(columns)
            .from_subquery(query.columns(columns).into_query(), "beginning")
            .take()
    });
    let all = beginnings.reduce(|mut all, next| all.union(UnionType::All, next).take())?;
    let sorted = Query::select()
        .from_subquery(all, "beginnings")
        .order_by(order.column(), order.direction())
        .order_by(session::Column::Id, order.direction())
        .limit(many)
        .take();
    Some(sorted)
}
