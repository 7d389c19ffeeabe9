//! Sessions: who sees which, how one is opened, picked up and closed. Every query starts from who asks.

pub mod content;
pub mod messages;
pub(crate) mod status;
mod stretches;
pub mod thread;
mod transfer;

pub use transfer::{held_by, holders, take_over, targets, transfer, transfer_all};
pub(crate) use transfer::{release, stays_enabled};

use crate::{
    Engine, Error, Result,
    access::users,
    contacts::search,
    database::cursor,
    directory::{extensions, queues},
    entity::{channel, contact, extension, message, queue, queue_member, session, session_moment},
    events::{Audience, Changes},
};
use domain::{
    event::Change,
    ids::{ChannelId, ExtensionId, MessageId, QueueId, SessionId},
    message::MessageView,
    page::{Page, PageRequest},
    people::{Actor, ExtensionRef},
    queue::PickUp,
    refusal::Refusal,
    session::{
        ChannelRef, Happening, InboxCounts, Preview, QueueRef, QueueStanding, SessionRow, Several, Standing,
        State, Tab,
    },
    time::{Timestamp, service_window_closes},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Sessions, of those that the asker sees, that a search for many goes through before it looks whose are sought.
const LATEST: u64 = 10_000;

/// `session::Model::waiting_since` of somebody who does not wait: it comes last.
pub(crate) const ANSWERED: i64 = i64::MAX;

/// The sessions that somebody may see: all of them, or one's own and those that nobody owns in one's queues.
pub(crate) fn visible_to(actor: &Actor) -> Condition {
    if actor.sees_everything() {
        return Condition::all();
    }
    match actor.extension() {
        Some(own) => Condition::any().add(owned_by(own)).add(unowned_in_queues_of(own)),
        None => Condition::all().add(Expr::value(false)),
    }
}

fn owned_by(own: &ExtensionRef) -> Condition {
    Condition::all().add(session::Column::ExtensionId.eq(own.id.uuid()))
}

fn unowned_in_queues_of(own: &ExtensionRef) -> Condition {
    Condition::all()
        .add(session::Column::ExtensionId.is_null())
        .add(in_queues_of(own))
}

fn in_queues_of(own: &ExtensionRef) -> Expr {
    let mine = Query::select()
        .column(queue_member::Column::QueueId)
        .from(queue_member::Entity)
        .and_where(queue_member::Column::ExtensionId.eq(own.id.uuid()))
        .to_owned();
    session::Column::QueueId.in_subquery(mine)
}

fn on_tab(actor: &Actor, tab: Tab) -> Condition {
    match tab {
        Tab::All => visible_to(actor),
        Tab::Mine => match actor.extension() {
            Some(own) => owned_by(own).add(is_open()),
            None => Condition::all().add(Expr::value(false)),
        },
        Tab::Waiting => match actor.extension() {
            _ if actor.sees_everything() => is_waiting(),
            Some(own) => is_waiting().add(in_queues_of(own)),
            None => Condition::all().add(Expr::value(false)),
        },
    }
}

/// In the words of the partial indexes, as [`is_closed`] and [`is_waiting`]: with a parameter in it, SQLite would read
/// every session there is.
pub(crate) fn is_open() -> Condition {
    Condition::all().add(state().ne(written(State::Closed)))
}

fn is_closed() -> Condition {
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

/// In which order the sessions of a list stand; a cursor names the last one's time and id.
#[derive(Debug, Clone, Copy)]
enum Order {
    LatestMessageFirst,
    LongestWaitFirst,
}

impl Order {
    fn of(tab: Tab) -> Self {
        match tab {
            Tab::Mine | Tab::All => Self::LatestMessageFirst,
            Tab::Waiting => Self::LongestWaitFirst,
        }
    }

    fn column(self) -> session::Column {
        match self {
            Self::LatestMessageFirst => session::Column::LastMessageAt,
            Self::LongestWaitFirst => session::Column::WaitingSince,
        }
    }

    fn direction(self) -> sea_orm::Order {
        match self {
            Self::LatestMessageFirst => sea_orm::Order::Desc,
            Self::LongestWaitFirst => sea_orm::Order::Asc,
        }
    }

    fn sort(self, query: Select<session::Entity>) -> Select<session::Entity> {
        query
            .order_by(self.column(), self.direction())
            .order_by(session::Column::Id, self.direction())
    }

    /// The same order, of sessions that were looked up. The databases would rather go through all sessions in this order
    /// until a page of them is found, and cannot know that it may be far; an expression has no index.
    fn sort_found(self, query: Select<session::Entity>) -> Select<session::Entity> {
        query
            .order_by(
                Expr::col((session::Entity, self.column())).add(0_i64),
                self.direction(),
            )
            .order_by(session::Column::Id, self.direction())
    }

    /// What comes after the page before; that its time is not earlier, too, leads into the middle of an index.
    fn beyond(self, page: &PageRequest) -> Result<Condition> {
        let Some((at, id)) = cursor::time_and_id(page)? else {
            return Ok(Condition::all());
        };
        let column = self.column();
        let (later, same_time, not_earlier) = match self {
            Self::LatestMessageFirst => (column.lt(at), session::Column::Id.lt(id), column.lte(at)),
            Self::LongestWaitFirst => (column.gt(at), session::Column::Id.gt(id), column.gte(at)),
        };
        let same_time = Condition::all().add(column.eq(at)).add(same_time);
        Ok(Condition::all()
            .add(not_earlier)
            .add(Condition::any().add(later).add(same_time)))
    }

    fn cursor(self, row: &session::Model) -> String {
        let at = match self {
            Self::LatestMessageFirst => row.last_message_at,
            Self::LongestWaitFirst => row.waiting_since,
        };
        cursor::of_time_and_id(at, row.id)
    }
}

/// One tab of the inbox: the latest message first, among the waiting who waits longest.
pub async fn inbox(
    e: &Engine,
    actor: &Actor,
    tab: Tab,
    text: Option<&str>,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let order = Order::of(tab);
    let stretches = stretches::of_tab(e.db.read(), actor, tab).await?;
    let Some(mut sought) = search::sought(text.unwrap_or_default()) else {
        return page_in(e, &stretches, order, Condition::all(), page).await;
    };
    let many = sought.rarest_first(e.db.read(), search::FEW + 1).await? > search::FEW;
    // A page of many is most often among the latest sessions; one's own that are open, and the waiting, are few.
    let since = match tab {
        Tab::All => latest_from(e, &stretches, page).await?,
        Tab::Mine | Tab::Waiting => None,
    };
    let sees_few = tab == Tab::All && since.is_none();
    if many || sees_few {
        let latest = since.map(|since| session::Column::LastMessageAt.gte(since));
        let walked = sought.walked().add_option(latest);
        let found = page_in(e, &stretches, order, walked, page).await?;
        if since.is_none() || found.next_cursor.is_some() {
            return Ok(found);
        }
        sought.rarest_first(e.db.read(), search::COUNTED).await?;
    }
    let narrowed = sought.looked_up().add(order.beyond(page)?);
    let query = first_found(actor, tab, order, narrowed, read_for(page));
    shown(e, query, order, page).await
}

/// The first so many sessions of a tab, of those that are looked up. Their ids are sorted first: sorting whole sessions
/// takes twice as long.
fn first_found(
    actor: &Actor,
    tab: Tab,
    order: Order,
    looked_up: Condition,
    many: u64,
) -> Select<session::Entity> {
    let ids = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(on_tab(actor, tab))
        .filter(looked_up);
    let ids = order.sort_found(ids).limit(many).into_query();
    order.sort_found(session::Entity::find().filter(session::Column::Id.in_subquery(ids)))
}

/// The time of the last of the `LATEST` sessions from the page on; `None` when the asker sees no more than those.
async fn latest_from(e: &Engine, stretches: &[Condition], page: &PageRequest) -> Result<Option<i64>> {
    let beyond = Order::LatestMessageFirst.beyond(page)?;
    let Some(query) = stretches::time_of_nth(stretches, &beyond, LATEST) else {
        return Ok(None);
    };
    let row = e.db.read().query_one(&query).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Everything that the asker may see, the latest message first.
pub async fn list(e: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<SessionRow>> {
    inbox(e, actor, Tab::All, None, page).await
}

/// One page of what these stretches have of it.
async fn page_in(
    e: &Engine,
    stretches: &[Condition],
    order: Order,
    narrowed: Condition,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let narrowed = narrowed.add(order.beyond(page)?);
    let query = stretches::first(stretches, order, &narrowed, read_for(page));
    shown(e, query, order, page).await
}

/// One page of sessions that are sorted already.
async fn page_of(
    e: &Engine,
    query: Select<session::Entity>,
    order: Order,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let query = query.filter(order.beyond(page)?).limit(read_for(page));
    shown(e, query, order, page).await
}

/// One more than the page has, to learn whether there are more.
fn read_for(page: &PageRequest) -> u64 {
    u64::from(page.limit()) + 1
}

async fn shown(
    e: &Engine,
    query: Select<session::Entity>,
    order: Order,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let mut found = query.all(e.db.read()).await?;
    let next_cursor = cursor::cut(&mut found, page.limit(), |row| order.cursor(row));
    Ok(Page {
        items: rows(e.db.read(), found).await?,
        next_cursor,
    })
}

/// Whether there is more than one channel, and more than one queue. It is asked of all there are: a list that is narrowed
/// to one channel's sessions still says which.
pub async fn several(e: &Engine) -> Result<Several> {
    let db = e.db.read();
    let channels = channel::Entity::find().filter(channel::Column::DeletedAt.is_null());
    Ok(Several {
        channels: channels.count(db).await? > 1,
        queues: queue::Entity::find().count(db).await? > 1,
    })
}

/// The numbers on the tabs, and in the window's title.
pub async fn counts(e: &Engine, actor: &Actor) -> Result<InboxCounts> {
    let (mine, my_unread) = count(e, actor, Tab::Mine).await?;
    let (waiting, waiting_unread) = count(e, actor, Tab::Waiting).await?;
    Ok(InboxCounts {
        mine,
        waiting,
        unread: my_unread.saturating_add(waiting_unread),
    })
}

/// The sessions of a tab, and those of them in which something is unread.
async fn count(e: &Engine, actor: &Actor, tab: Tab) -> Result<(u32, u32)> {
    let found: Option<(i64, Option<i64>)> = counted(actor, tab).into_tuple().one(e.db.read()).await?;
    let (all, unread) = found.unwrap_or_default();
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok((number(all), number(unread.unwrap_or(0))))
}

fn counted(actor: &Actor, tab: Tab) -> Select<session::Entity> {
    session::Entity::find()
        .filter(on_tab(actor, tab))
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "sessions")
        .column_as(
            Expr::cust("SUM(CASE WHEN unread > 0 THEN 1 ELSE 0 END)"),
            "unread",
        )
}

pub async fn row(e: &Engine, actor: &Actor, id: SessionId) -> Result<SessionRow> {
    let found = find(e.db.read(), actor, id, false).await?;
    rows(e.db.read(), vec![found])
        .await?
        .pop()
        .ok_or(Refusal::NotFound.into())
}

/// A session that the asker may see. `for_change` keeps it from changing until the transaction ends.
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
        None => Err(transfer::why_unseen(db, actor, id).await?.into()),
    }
}

/// What decides who may go on with a session.
///
/// Membership is that of `answering`: the asker's own extension, or the one for which a script picks up.
pub(crate) async fn standing(
    db: &impl ConnectionTrait,
    answering: Option<&ExtensionRef>,
    of: &session::Model,
) -> Result<Standing> {
    let owner = owner_of(db, of).await?;
    let queue = match of.queue_id {
        Some(id) => queue::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let queue = match queue {
        Some(queue) => {
            let member = match answering {
                Some(own) => queues::members(db, queue.id).await?.contains(&own.id.uuid()),
                None => false,
            };
            Some(QueueStanding {
                pick_up: pick_up_mode(&queue)?,
                member,
            })
        }
        None => None,
    };
    Ok(Standing {
        state: State::from_stored(&of.state),
        owner,
        queue,
        group: of.group_id.is_some(),
    })
}

async fn owner_of(db: &impl ConnectionTrait, of: &session::Model) -> Result<Option<ExtensionRef>> {
    let owner = match of.extension_id {
        Some(id) => extension::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(owner.map(extensions::reference))
}

fn pick_up_mode(queue: &queue::Model) -> Result<PickUp> {
    queue
        .pick_up
        .parse()
        .map_err(|_| Error::Corrupt(format!("pick-up mode {}", queue.pick_up)))
}

/// Makes the session one extension's own. Of several who try at once exactly one succeeds; the others learn who.
/// People pick up for themselves; a script names the extension.
pub async fn pick_up(e: &Engine, actor: &Actor, id: SessionId, extension: Option<ExtensionId>) -> Result<()> {
    let tx = e.db.write().await?;
    let taker = match (actor, extension) {
        (Actor::Person(_), _) => users::own_extension(actor)?,
        (_, Some(extension)) => {
            let found = extension::Entity::find_by_id(extension.uuid()).one(&tx).await?;
            let found = found.ok_or(Refusal::field("extension", domain::refusal::Problem::Unknown))?;
            extensions::reference(found)
        }
        (_, None) => return Err(Refusal::field("extension", domain::refusal::Problem::Required).into()),
    };
    stays_enabled(&tx, &taker).await?;
    // Whoever was too late may no longer see the session, but shall learn who took it.
    let found = session::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let standing = standing(&tx, Some(&taker), &found).await?;
    let member = standing.queue.is_some_and(|queue| queue.member);
    if !member && find(&tx, actor, id, false).await.is_err() {
        return Err(Refusal::NotFound.into());
    }
    standing.pick_up(actor, &taker)?;
    if found.extension_id == Some(taker.id.uuid()) {
        return Ok(());
    }
    let changes = take(e, &tx, &found, &taker).await?;
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

/// Gives an unowned session its owner, within the caller's transaction.
pub(crate) async fn take(
    e: &Engine,
    tx: &DatabaseTransaction,
    of: &session::Model,
    taker: &ExtensionRef,
) -> Result<Changes> {
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
    moment(e, tx, of.id, Happening::PickedUp, Some(taker.name.clone())).await?;
    let now = session::Entity::find_by_id(of.id)
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    session_changed(tx, &now).await
}

/// Ends a session. The customer's next message opens a new one.
pub async fn close(e: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let tx = e.db.write().await?;
    let found = find(&tx, actor, id, true).await?;
    standing(&tx, actor.extension(), &found).await?.close(actor)?;
    let changes = end(e, &tx, actor, &found).await?;
    tx.commit().await?;
    e.events().publish(changes);
    Ok(())
}

/// Closes a session, within the caller's transaction.
pub(crate) async fn end(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    of: &session::Model,
) -> Result<Changes> {
    session::Entity::update_many()
        .col_expr(session::Column::State, Expr::value(State::Closed.as_str()))
        .col_expr(session::Column::ClosedAt, Expr::value(e.clock().now().millis()))
        .col_expr(session::Column::Unread, Expr::value(0))
        .filter(session::Column::Id.eq(of.id))
        .exec(tx)
        .await?;
    moment(e, tx, of.id, Happening::Closed, Some(name_of(actor))).await?;
    session_changed(tx, of).await
}

/// One of ours wrote.
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
        .col_expr(Column::Unread, Expr::value(0))
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

pub(crate) async fn moment(
    e: &Engine,
    tx: &DatabaseTransaction,
    session: Uuid,
    what: Happening,
    who: Option<String>,
) -> Result<()> {
    let row = session_moment::Model {
        id: e.clock().new_id(),
        session_id: session,
        at: e.clock().now().millis(),
        what: what.as_str().to_owned(),
        who,
        done_by: None,
        reason: None,
        lost_by: None,
    };
    session_moment::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Person(me) => me.name.clone(),
        Actor::Token { name, .. } => name.clone(),
        Actor::System => "Switchboard".to_owned(),
    }
}

/// Who hears of a session: its owner, or the members of its queue while nobody owns it.
pub(crate) async fn audience(tx: &impl ConnectionTrait, of: &session::Model) -> Result<Audience> {
    Ok(Audience::Extensions(match (of.extension_id, of.queue_id) {
        (Some(owner), _) => vec![owner],
        (None, Some(queue)) => queues::members(tx, queue).await?,
        (None, None) => Vec::new(),
    }))
}

/// A change of the session itself is heard by the whole queue, so that it leaves the lists of those who no longer
/// see it.
pub(crate) async fn session_changed(tx: &impl ConnectionTrait, of: &session::Model) -> Result<Changes> {
    let mut ids = match of.queue_id {
        Some(queue) => queues::members(tx, queue).await?,
        None => Vec::new(),
    };
    ids.extend(of.extension_id);
    let mut changes = Changes::default();
    changes.add(
        Change::Session {
            session: SessionId::new(of.id),
        },
        Audience::Extensions(ids),
    );
    Ok(changes)
}

/// Rows as they are shown, in the order given; each table is read once.
pub(crate) async fn rows(db: &impl ConnectionTrait, found: Vec<session::Model>) -> Result<Vec<SessionRow>> {
    let ids =
        |pick: fn(&session::Model) -> Option<Uuid>| -> Vec<Uuid> { found.iter().filter_map(pick).collect() };
    let by_id = contact::Entity::find().filter(contact::Column::Id.is_in(ids(|s| Some(s.contact_id))));
    let contacts: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let by_id = channel::Entity::find().filter(channel::Column::Id.is_in(ids(|s| Some(s.channel_id))));
    let channels: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let by_id = queue::Entity::find().filter(queue::Column::Id.is_in(ids(|s| s.queue_id)));
    let queues: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let by_id = extension::Entity::find().filter(extension::Column::Id.is_in(ids(|s| s.extension_id)));
    let owners: HashMap<_, _> = by_id
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let newest = newest_messages(db, &found).await?;

    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let missing = |what: &str| Error::Corrupt(format!("session {} has no {what}", row.id));
        let queue = match row.queue_id.and_then(|id| queues.get(&id)) {
            Some(queue) => Some(QueueRef {
                id: QueueId::new(queue.id),
                name: queue.name.clone(),
                pick_up: pick_up_mode(queue)?,
            }),
            None => None,
        };
        let last = row.last_message_id.and_then(|id| newest.get(&MessageId::new(id)));
        rows.push(SessionRow {
            id: SessionId::new(row.id),
            state: State::from_stored(&row.state),
            contact: crate::inbound::contacts::reference(
                contacts
                    .get(&row.contact_id)
                    .cloned()
                    .ok_or_else(|| missing("contact"))?,
            ),
            channel: ChannelRef {
                id: ChannelId::new(row.channel_id),
                name: channels
                    .get(&row.channel_id)
                    .cloned()
                    .ok_or_else(|| missing("channel"))?,
            },
            queue,
            owner: row
                .extension_id
                .and_then(|id| owners.get(&id))
                .cloned()
                .map(extensions::reference),
            unread: u32::try_from(row.unread).unwrap_or(0),
            last_message: last.map(Preview::of),
            last_message_at: Timestamp::from_millis(row.last_message_at),
            window_closes_at: row
                .last_inbound_at
                .map(|at| service_window_closes(Timestamp::from_millis(at))),
            opened_at: Timestamp::from_millis(row.opened_at),
            closed_at: row.closed_at.map(Timestamp::from_millis),
            waiting_since: (row.closed_at.is_none() && row.waiting_since < ANSWERED)
                .then(|| Timestamp::from_millis(row.waiting_since)),
            group: row.group_id.is_some(),
        });
    }
    Ok(rows)
}

/// The newest message of each session as its thread shows it: as it was edited, or taken back.
async fn newest_messages(
    db: &impl ConnectionTrait,
    found: &[session::Model],
) -> Result<HashMap<MessageId, MessageView>> {
    use message::Column;
    // What is about a message comes after it.
    let about = |of: &session::Model| {
        Condition::all()
            .add(Column::SessionId.eq(of.id))
            .add(Column::At.gte(of.last_message_at))
            .add(Column::TargetWamid.is_not_null())
    };
    let newest = Column::Id.is_in(found.iter().filter_map(|of| of.last_message_id));
    let or_about = found
        .iter()
        .map(about)
        .fold(Condition::any().add(newest), Condition::add);
    let rows = message::Entity::find().filter(or_about).all(db).await?;
    let shown = domain::thread::fold(rows.into_iter().map(messages::view).collect());
    Ok(shown.into_iter().map(|message| (message.id, message)).collect())
}

#[cfg(test)]
mod plans;
