//! The lists of the inbox, their search and their counts.

use crate::{
    Engine, Result,
    contacts::search::{self, Sought},
    database::cursor,
    entity::{channel, queue, session, session_label},
    sessions::{
        access::{is_open, on_tab},
        named::{Named, named},
        order::Order,
        rows, stretches,
        walk::{self, SCANNED},
    },
};
use domain::{
    access::Actor,
    ids::SessionId,
    page::{Page, PageRequest},
    session::{By, Filter, InboxCounts, SessionRow, Several, Tab},
    time::{SERVICE_WINDOW, Timestamp},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

/// One tab of the inbox: the latest message first; the waiting tab begins with the longest wait. A page of a narrowed
/// list may have less than its limit, or nothing, and still be followed by others.
pub async fn inbox(
    engine: &Engine,
    actor: &Actor,
    tab: Tab,
    filter: Filter,
    text: Option<&str>,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    let (db, now) = (engine.db.look().await?, engine.clock().now());
    let found = found(&db, now, actor, tab, filter, text, page).await?;
    let shown = Page {
        items: rows::with_messages(&db, found.items).await?,
        next_cursor: found.next_cursor,
    };
    Ok(engine.seen_by(actor, shown))
}

async fn found(
    db: &impl ConnectionTrait,
    now: Timestamp,
    actor: &Actor,
    tab: Tab,
    filter: Filter,
    text: Option<&str>,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let order = Order::of(tab, &filter);
    let taken = taken(tab, &filter, now);
    let sought = search::sought(text.unwrap_or_default());
    if filter.closing {
        // Open sessions are few.
        let narrowed = taken.add_option(sought.map(|sought| sought.walked()));
        let query = first_found(
            actor,
            tab,
            order,
            narrowed.add(order.beyond(page)?),
            read_for(page),
        );
        return read(db, query, order, page).await;
    }
    match sought {
        Some(sought) => searched(db, actor, tab, sought, taken, page).await,
        None => narrowed(db, actor, tab, filter, taken, page).await,
    }
}

async fn narrowed(
    db: &impl ConnectionTrait,
    actor: &Actor,
    tab: Tab,
    filter: Filter,
    taken: Condition,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let order = Order::of(tab, &filter);
    if tab != Tab::All || (filter == Filter::default() && actor.bound().is_none()) {
        let stretches = stretches::of_tab(db, actor, tab).await?;
        return page_in(db, &stretches, order, taken, page).await;
    }
    if filter.unread {
        return page_of(db, unread(actor).filter(taken), order, page).await;
    }
    if filter.snoozed {
        let put_off = put_off().add(taken).add(order.beyond(page)?);
        let query = first_found(actor, tab, order, put_off, read_for(page));
        return read(db, query, order, page).await;
    }
    if let Some(label) = filter.label
        && has_few(db, label).await?
    {
        let labelled = labelled(label).add(taken).add(order.beyond(page)?);
        let query = first_found(actor, tab, order, labelled, read_for(page));
        return read(db, query, order, page).await;
    }
    let (stretches, reach) = stretches::scanned(db, actor).await?;
    let (within, taken) = (order.beyond(page)?, taken.add(reach));
    let (query, more) = walk::first(db, &stretches, within, taken, read_for(page)).await?;
    let found = read(db, query, order, page).await?;
    Ok(Page {
        next_cursor: found.next_cursor.or(more),
        ..found
    })
}

async fn searched(
    db: &impl ConnectionTrait,
    actor: &Actor,
    tab: Tab,
    mut sought: Sought,
    taken: Condition,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let order = Order::of(tab, &Filter::default());
    let stretches = stretches::of_tab(db, actor, tab).await?;
    let many = sought.rarest_first(db, search::FEW + 1).await? > search::FEW;
    // With many matches, most often a page of them is among the latest sessions. The actor's own open sessions, and the
    // waiting ones, are few.
    let since = match tab {
        Tab::All => latest_from(db, &stretches, page).await?,
        Tab::Mine | Tab::Waiting => None,
    };
    let sees_few = tab == Tab::All && since.is_none();
    if many || sees_few {
        let latest = since.map(|since| session::Column::LastMessageAt.gte(since));
        let walked = sought.walked().add(taken.clone()).add_option(latest);
        let found = page_in(db, &stretches, order, walked, page).await?;
        if since.is_none() || found.next_cursor.is_some() {
            return Ok(found);
        }
        sought.rarest_first(db, search::COUNTED).await?;
    }
    let narrowed = sought.looked_up().add(taken).add(order.beyond(page)?);
    let query = first_found(actor, tab, order, narrowed, read_for(page));
    read(db, query, order, page).await
}

/// All sessions that the actor may see and in which something is unread. They are few of many, and have an index.
pub(crate) fn unread(actor: &Actor) -> Select<session::Entity> {
    let found = session::Entity::find()
        .filter(on_tab(actor, Tab::All))
        .filter(is_unread());
    Order::LatestMessage.sort(found)
}

/// Spelt as in the condition of the index.
fn is_unread() -> Expr {
    Expr::cust("unread > 0")
}

/// The condition of [`domain::session::Part::shows`], beside the tab's own.
pub(super) fn taken(tab: Tab, filter: &Filter, now: Timestamp) -> Condition {
    use session::Column;
    let narrowed = By::ALL.iter().filter_map(|by| {
        let one = filter.get(*by)?;
        Some(match by {
            By::Label => has_label(one),
            By::Channel => Column::ChannelId.eq(one),
            By::Queue => Column::QueueId.eq(one),
            By::Owner => Column::ExtensionId.eq(one),
        })
    });
    narrowed
        .fold(Condition::all(), Condition::add)
        .add_option(filter.unread.then(is_unread))
        .add_option(filter.closing.then(|| is_open().add(window_is_open(now))))
        .add_option(match (filter.snoozed, tab) {
            (true, _) => Some(Column::SnoozedUntil.is_not_null()),
            (false, Tab::Mine) => Some(Column::SnoozedUntil.is_null()),
            (false, Tab::Waiting | Tab::All) => None,
        })
}

/// The condition of [`domain::time::service_window_closes`].
fn window_is_open(now: Timestamp) -> Condition {
    use session::Column;
    let in_seconds = |column: Column| Expr::col((session::Entity, column)).div(1000_i64);
    let not_refused = in_seconds(Column::WindowClosedAt).lte(in_seconds(Column::LastInboundAt));
    Condition::all()
        .add(Column::LastInboundAt.gt(now.minus(SERVICE_WINDOW).millis()))
        .add(
            Condition::any()
                .add(Column::WindowClosedAt.is_null())
                .add(not_refused),
        )
}

/// Looked up for each session, so that the order of the list stays the order of an index.
fn has_label(label: Uuid) -> Expr {
    let of_session = Expr::col((session_label::Entity, session_label::Column::SessionId));
    let put = Query::select()
        .expr(Expr::value(1_i64))
        .from(session_label::Entity)
        .and_where(of_session.equals((session::Entity, session::Column::Id)))
        .and_where(session_label::Column::LabelId.eq(label))
        .to_owned();
    Expr::exists(put)
}

/// All sessions with a label.
fn labelled(label: Uuid) -> Condition {
    let put = Query::select()
        .column(session_label::Column::SessionId)
        .from(session_label::Entity)
        .and_where(session_label::Column::LabelId.eq(label))
        .to_owned();
    Condition::all().add(session::Column::Id.in_subquery(put))
}

/// All sessions that are put off: few of many, with an index of their own.
pub(super) fn put_off() -> Condition {
    let put_off = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::SnoozedUntil.is_not_null())
        .to_owned();
    Condition::all().add(session::Column::Id.in_subquery(put_off))
}

/// Whether so few sessions have a label that all of them can be looked up.
async fn has_few(db: &impl ConnectionTrait, label: Uuid) -> Result<bool> {
    let labelled = session_label::Entity::find()
        .filter(session_label::Column::LabelId.eq(label))
        .select_only()
        .column(session_label::Column::SessionId)
        .offset(search::FEW)
        .limit(1);
    let beyond: Option<Uuid> = labelled.into_tuple().one(db).await?;
    Ok(beyond.is_none())
}

/// The first `many` sessions of a tab, of those that were looked up. Their ids are sorted first: sorting whole sessions
/// takes twice as long.
pub(crate) fn first_found(
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

/// The time of the last of the [`SCANNED`] sessions from the page on; `None` when the actor sees no more than those.
async fn latest_from(
    db: &impl ConnectionTrait,
    stretches: &[Condition],
    page: &PageRequest,
) -> Result<Option<i64>> {
    let beyond = Order::LatestMessage.beyond(page)?;
    let Some(query) = stretches::time_of_nth(stretches, &beyond, SCANNED) else {
        return Ok(None);
    };
    let row = db.query_one(&query).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Everything that the actor may see, the latest message first; what it says is not read.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    filter: Filter,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    // Most often one statement.
    let (db, now) = (engine.db.read(), engine.clock().now());
    let found = found(db, now, actor, Tab::All, filter, None, page).await?;
    let listed = Page {
        items: rows::without_messages(found.items)?,
        next_cursor: found.next_cursor,
    };
    Ok(engine.seen_by(actor, listed))
}

/// One page of the sessions in these stretches.
async fn page_in(
    db: &impl ConnectionTrait,
    stretches: &[Condition],
    order: Order,
    narrowed: Condition,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let narrowed = narrowed.add(order.beyond(page)?);
    let query = stretches::first(stretches, order, &narrowed, read_for(page));
    read(db, query, order, page).await
}

/// One page of sessions that are sorted already.
pub(crate) async fn page_of(
    db: &impl ConnectionTrait,
    query: Select<session::Entity>,
    order: Order,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let query = query.filter(order.beyond(page)?).limit(read_for(page));
    read(db, query, order, page).await
}

/// One more than the page has, to learn whether there are more.
fn read_for(page: &PageRequest) -> u64 {
    u64::from(page.limit()) + 1
}

/// What a query for one more than the page finds.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    query: Select<session::Entity>,
    order: Order,
    page: &PageRequest,
) -> Result<Page<Named>> {
    let mut items = named(db, query).await?;
    items.sort_by(|one, other| order.compare(&one.session, &other.session));
    let next_cursor = cursor::cut(&mut items, page.limit(), |row| order.cursor(&row.session));
    Ok(Page { items, next_cursor })
}

/// Whether there is more than one channel, and more than one queue. All of them count: a list that is narrowed to one
/// channel's sessions still names the channel.
pub async fn several(engine: &Engine) -> Result<Several> {
    let db = engine.db.read();
    let channels = channel::Entity::find().filter(channel::Column::DeletedAt.is_null());
    Ok(Several {
        channels: channels.count(db).await? > 1,
        queues: queue::Entity::find().count(db).await? > 1,
    })
}

/// The numbers on the tabs, and in the window's title.
pub async fn counts(engine: &Engine, actor: &Actor) -> Result<InboxCounts> {
    let (mine, my_unread) = count(engine, actor, Tab::Mine).await?;
    let (waiting, waiting_unread) = count(engine, actor, Tab::Waiting).await?;
    Ok(InboxCounts {
        mine,
        waiting,
        unread: my_unread.saturating_add(waiting_unread),
    })
}

/// The sessions of a tab, and those of them in which something is unread.
async fn count(engine: &Engine, actor: &Actor, tab: Tab) -> Result<(u32, u32)> {
    let found: Option<(i64, Option<i64>)> = counted(actor, tab).into_tuple().one(engine.db.read()).await?;
    let (all, unread) = found.unwrap_or_default();
    let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok((number(all), number(unread.unwrap_or(0))))
}

pub(crate) fn counted(actor: &Actor, tab: Tab) -> Select<session::Entity> {
    session::Entity::find()
        .filter(on_tab(actor, tab))
        .filter(taken(tab, &Filter::default(), Timestamp::from_millis(0)))
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "sessions")
        .column_as(
            Expr::cust("SUM(CASE WHEN unread > 0 THEN 1 ELSE 0 END)"),
            "unread",
        )
}

pub async fn row(engine: &Engine, actor: &Actor, id: SessionId) -> Result<SessionRow> {
    let row = rows::row(engine.db.read(), actor, id).await?;
    Ok(engine.seen_by(actor, row))
}
