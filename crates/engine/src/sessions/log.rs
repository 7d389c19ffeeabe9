//! The session log: all sessions, the latest message first, by filters that may match few of millions.

use crate::{
    Engine, Result,
    contacts::search,
    entity::{channel, extension, queue, session},
    sessions::{
        access::{is_closed, is_open, is_waiting, owned, visible_to},
        list::{first_found, read},
        order::Order,
        rows, stretches, walk,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{ChannelId, ExtensionId, QueueId},
    page::{Page, PageRequest},
    session::{Holder, LogChoices, LogFilter, LogState, SessionRow, State, Tab, Whose},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select, sea_query::Query};

const ORDER: Order = Order::LatestMessage;

/// One page of the sessions that the filter takes. A page may have less than its limit, or nothing, and still be
/// followed by others. What the latest messages say is not read.
///
/// # Errors
/// Not a supervisor, or an invalid cursor.
pub async fn log(
    engine: &Engine,
    actor: &Actor,
    filter: &LogFilter,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    actor.require(Permission::SessionTransfer)?;
    let (query, more) = query_for(engine, actor, filter, page).await?;
    let found = read(engine.db.read(), query, ORDER, page).await?;
    Ok(Page {
        items: rows::without_messages(found.items)?,
        next_cursor: found.next_cursor.or(more),
    })
}

/// The query for the sessions of a page and perhaps one more, and where to go on when there is none more.
async fn query_for(
    engine: &Engine,
    actor: &Actor,
    filter: &LogFilter,
    page: &PageRequest,
) -> Result<(Select<session::Entity>, Option<String>)> {
    let db = engine.db.read();
    let many = u64::from(page.limit()) + 1;
    let beyond = ORDER.beyond(page)?;
    let mut narrowed = narrowed(filter);
    let sought = search::sought(filter.customer.as_deref().unwrap_or_default());
    if let Some(id) = filter.id {
        let one = session::Entity::find_by_id(id.uuid())
            .filter(visible_to(actor))
            .filter(narrowed.add_option(sought.map(|sought| sought.walked())))
            .filter(beyond);
        return Ok((one, None));
    }
    if let Some(mut sought) = sought {
        if sought.rarest_first(db, search::FEW + 1).await? <= search::FEW {
            let looked_up = sought.looked_up().add(narrowed).add(beyond);
            return Ok((first_found(actor, Tab::All, ORDER, looked_up, many), None));
        }
        narrowed = narrowed.add(sought.walked());
    }
    let (stretches, reach) = match filter.whose {
        Some(Whose::Holder(Holder::Extension(id))) => (own_of(actor, id), Condition::all()),
        _ => stretches::scanned(db, actor).await?,
    };
    let within = within(filter, &beyond);
    walk::first(db, &stretches, within, narrowed.add(reach), many).await
}

/// An extension's own sessions are in indexes.
fn own_of(actor: &Actor, extension: ExtensionId) -> Vec<Condition> {
    let own = owned(extension).add(visible_to(actor));
    vec![own.clone().add(is_open()), own.add(is_closed())]
}

/// The part of them in the time that is asked for.
fn within(filter: &LogFilter, beyond: &Condition) -> Condition {
    let from = filter
        .from
        .map(|from| session::Column::LastMessageAt.gte(from.millis()));
    let until = filter
        .until
        .map(|until| session::Column::LastMessageAt.lt(until.millis()));
    beyond.clone().add_option(from).add_option(until)
}

fn narrowed(filter: &LogFilter) -> Condition {
    let state = filter.state.map(|state| match state {
        LogState::Open => is_open(),
        LogState::Waiting => is_waiting(),
        LogState::Assigned => Condition::all().add(session::Column::State.eq(State::Assigned.as_str())),
        LogState::Closed => is_closed(),
    });
    within(filter, &Condition::all())
        .add_option(filter.channel.map(|id| session::Column::ChannelId.eq(id.uuid())))
        .add_option(state)
        .add_option(filter.whose.map(of))
}

fn of(whose: Whose) -> Condition {
    use session::Column;
    let disabled_extensions = Query::select()
        .column(extension::Column::Id)
        .from(extension::Entity)
        .and_where(extension::Column::DisabledAt.is_not_null())
        .to_owned();
    let disabled_queues = Query::select()
        .column(queue::Column::Id)
        .from(queue::Entity)
        .and_where(queue::Column::DisabledAt.is_not_null())
        .to_owned();
    let unowned = || Condition::all().add(Column::ExtensionId.is_null());
    match whose {
        Whose::Holder(Holder::Extension(id)) => owned(id),
        // Also those that somebody has picked up from it.
        Whose::Holder(Holder::Queue(id)) => Condition::all().add(Column::QueueId.eq(id.uuid())),
        Whose::Holder(Holder::Nobody) => unowned().add(Column::QueueId.is_null()),
        Whose::Disabled => Condition::any()
            .add(Column::ExtensionId.in_subquery(disabled_extensions))
            .add(unowned().add(Column::QueueId.in_subquery(disabled_queues))),
    }
}

/// What the filters offer.
///
/// # Errors
/// Not a supervisor.
pub async fn log_choices(engine: &Engine, actor: &Actor) -> Result<LogChoices> {
    actor.require(Permission::SessionTransfer)?;
    actor.reaches_everything()?;
    let db = engine.db.read();
    let extensions = extension::Entity::find().order_by_asc(extension::Column::Number);
    let queues = queue::Entity::find().order_by_asc(queue::Column::Name);
    let channels = channel::Entity::find().order_by_asc(channel::Column::Name);
    let extensions = extensions.all(db).await?.into_iter();
    let queues = queues.all(db).await?.into_iter();
    let channels = channels.all(db).await?.into_iter();
    Ok(LogChoices {
        extensions: extensions
            .map(|row| (ExtensionId::new(row.id), format!("{} {}", row.number, row.name)))
            .collect(),
        queues: queues.map(|row| (QueueId::new(row.id), row.name)).collect(),
        channels: channels.map(|row| (ChannelId::new(row.id), row.name)).collect(),
    })
}
