//! Sessions: who sees which, how one is opened, picked up and closed. Every query starts from who asks.

mod transfer;

pub use transfer::{held_by, holders, take_over, targets, transfer, transfer_all};
pub(crate) use transfer::{release, stays_enabled};

use crate::{
    Engine, Error, Result, cursor,
    entity::{channel, contact, extension, message, queue, queue_member, session, session_moment},
    events::{Audience, Changes},
    extensions, people, queues,
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
        ChannelRef, Happening, InboxCounts, Preview, QueueRef, QueueStanding, SessionRow, Standing, State,
        Tab,
    },
    thread,
    time::{Timestamp, service_window_closes},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Func, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

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
    let mine = Query::select()
        .column(queue_member::Column::QueueId)
        .from(queue_member::Entity)
        .and_where(queue_member::Column::ExtensionId.eq(own.id.uuid()))
        .to_owned();
    Condition::all()
        .add(session::Column::ExtensionId.is_null())
        .add(session::Column::QueueId.in_subquery(mine))
}

fn on_tab(actor: &Actor, tab: Tab) -> Condition {
    match tab {
        Tab::All => visible_to(actor),
        Tab::Mine => match actor.extension() {
            Some(own) => owned_by(own).add(session::Column::State.ne(State::Closed.as_str())),
            None => Condition::all().add(Expr::value(false)),
        },
        Tab::Waiting => {
            let waiting = session::Column::State.eq(State::Waiting.as_str());
            match actor.extension() {
                _ if actor.sees_everything() => Condition::all().add(waiting),
                Some(own) => unowned_in_queues_of(own).add(waiting),
                None => Condition::all().add(Expr::value(false)),
            }
        }
    }
}

/// One tab of the inbox, the latest message first.
pub async fn inbox(
    e: &Engine,
    actor: &Actor,
    tab: Tab,
    search: Option<&str>,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let mut query = session::Entity::find().filter(on_tab(actor, tab));
    if let Some(text) = search.map(str::trim).filter(|text| !text.is_empty()) {
        query = query.filter(session::Column::ContactId.in_subquery(contacts_like(text)));
    }
    page_of(e, query, page).await
}

/// Contacts whose name, username or number contains the text.
fn contacts_like(text: &str) -> sea_orm::sea_query::SelectStatement {
    let escaped: String = text
        .to_lowercase()
        .chars()
        .flat_map(|c| {
            let escape = matches!(c, '%' | '_' | '\\').then_some('\\');
            escape.into_iter().chain(std::iter::once(c))
        })
        .collect();
    let like = |column| {
        Expr::expr(Func::lower(Expr::col(column)))
            .like(sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\'))
    };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut any = Condition::any()
        .add(like(contact::Column::Name))
        .add(like(contact::Column::Username));
    if !digits.is_empty() && !text.chars().any(char::is_alphabetic) {
        any = any.add(contact::Column::WaId.contains(digits));
    }
    Query::select()
        .column(contact::Column::Id)
        .from(contact::Entity)
        .cond_where(any)
        .to_owned()
}

/// Everything that the asker may see, the latest message first.
pub async fn list(e: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<SessionRow>> {
    page_of(e, session::Entity::find().filter(visible_to(actor)), page).await
}

async fn page_of(e: &Engine, query: Select<session::Entity>, page: &PageRequest) -> Result<Page<SessionRow>> {
    use session::Column;
    let limit = page.limit();
    let mut query = query
        .order_by_desc(Column::LastMessageAt)
        .order_by_desc(Column::Id)
        .limit(u64::from(limit) + 1);
    if let Some((at, id)) = cursor::time_and_id(page)? {
        let same_time = Condition::all()
            .add(Column::LastMessageAt.eq(at))
            .add(Column::Id.lt(id));
        query = query.filter(Condition::any().add(Column::LastMessageAt.lt(at)).add(same_time));
    }
    let mut found = query.all(e.db.read()).await?;
    let next_cursor = cursor::cut(&mut found, limit, |row| {
        cursor::of_time_and_id(row.last_message_at, row.id)
    });
    Ok(Page {
        items: rows(e.db.read(), found).await?,
        next_cursor,
    })
}

/// The numbers on the tabs.
pub async fn counts(e: &Engine, actor: &Actor) -> Result<InboxCounts> {
    let count = async |tab| -> Result<u32> {
        let found = session::Entity::find()
            .filter(on_tab(actor, tab))
            .count(e.db.read())
            .await?;
        Ok(u32::try_from(found).unwrap_or(u32::MAX))
    };
    let concerns_me = Condition::any()
        .add(on_tab(actor, Tab::Mine))
        .add(on_tab(actor, Tab::Waiting));
    let unread: Option<Option<i64>> = session::Entity::find()
        .filter(concerns_me)
        .filter(session::Column::Unread.gt(0))
        .select_only()
        .column_as(session::Column::Unread.sum().cast_as("bigint"), "unread")
        .into_tuple()
        .one(e.db.read())
        .await?;
    Ok(InboxCounts {
        mine: count(Tab::Mine).await?,
        waiting: count(Tab::Waiting).await?,
        unread: u32::try_from(unread.flatten().unwrap_or(0)).unwrap_or(u32::MAX),
    })
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
        (Actor::Person(_), _) => people::own_extension(actor)?,
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
            contact: crate::contacts::reference(
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
    let shown = thread::fold(rows.into_iter().map(crate::messages::view).collect());
    Ok(shown.into_iter().map(|message| (message.id, message)).collect())
}
