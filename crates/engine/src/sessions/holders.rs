//! Who has open sessions, and where some wait.

use crate::{
    Engine, Result,
    directory::attended::attended,
    entity::{extension, queue, session},
    presence::presences,
    sessions::{
        access::{is_open, is_waiting, members},
        list::page_of,
        order::Order,
        rows,
    },
};
use domain::{
    access::{Actor, Permission},
    ids::{ExtensionId, QueueId},
    page::{Page, PageRequest},
    session::{Holder, HolderRow, SessionRow},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};
use uuid::Uuid;

/// The owner of a session, or the place where it waits.
pub(crate) fn holder(of: &session::Model) -> Holder {
    holder_of(of.extension_id, of.queue_id)
}

pub(crate) fn holder_of(extension: Option<Uuid>, queue: Option<Uuid>) -> Holder {
    match (extension, queue) {
        (Some(id), _) => Holder::Extension(ExtensionId::new(id)),
        (None, Some(id)) => Holder::Queue(QueueId::new(id)),
        (None, None) => Holder::Nobody,
    }
}

/// Everybody who has open sessions, and every place where some wait; unattended ones come first.
pub async fn holders(engine: &Engine, actor: &Actor) -> Result<Vec<HolderRow>> {
    actor.require(Permission::SessionTransfer)?;
    actor.reaches_everything()?;
    let db = engine.db.read();
    let owned: Vec<(Uuid, i64)> = open_by_owner().into_tuple().all(db).await?;
    let waiting: Vec<(Option<Uuid>, i64)> = waiting_by_queue().into_tuple().all(db).await?;
    let owned = owned
        .into_iter()
        .map(|(id, open)| (holder_of(Some(id), None), open));
    let waiting = waiting.into_iter().map(|(id, open)| (holder_of(None, id), open));
    let attended = attended(db).await?;
    let presences = presences(db, engine.clock().now()).await?;
    let extensions = extension::Entity::find().all(db).await?;
    let queues = queue::Entity::find().all(db).await?;
    let mut rows = Vec::new();
    for (holder, open) in owned.chain(waiting) {
        let presence = match holder {
            Holder::Extension(id) => Some(presences.get(&id.uuid()).copied().unwrap_or_default()),
            Holder::Queue(_) | Holder::Nobody => None,
        };
        let (label, answers) = match holder {
            Holder::Extension(id) => {
                let found = extensions.iter().find(|row| row.id == id.uuid());
                (
                    found.map(|row| format!("{} {}", row.number, row.name)),
                    attended.contains(&id.uuid()),
                )
            }
            Holder::Queue(id) => {
                let found = queues.iter().find(|q| q.id == id.uuid());
                let members = members(db, id.uuid()).await?;
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
            presence,
        });
    }
    rows.sort_by(|a, b| (!a.unattended, &a.label).cmp(&(!b.unattended, &b.label)));
    Ok(rows)
}

/// How many open sessions each extension has. Like the next, it is counted in an index, without the rows.
pub(crate) fn open_by_owner() -> Select<session::Entity> {
    let owned = session::Column::ExtensionId.is_not_null();
    count_by(session::Column::ExtensionId, is_open().add(owned))
}

/// How many sessions wait in each queue and in none: these are the open ones that nobody has.
pub(crate) fn waiting_by_queue() -> Select<session::Entity> {
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
    engine: &Engine,
    actor: &Actor,
    holder: Holder,
    page: &PageRequest,
) -> Result<Page<SessionRow>> {
    use session::Column;
    actor.require(Permission::SessionTransfer)?;
    actor.reaches_everything()?;
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
    let order = Order::LatestMessage;
    let found = page_of(engine.db.read(), order.sort(open), order, page).await?;
    Ok(Page {
        items: rows::without_messages(found.items)?,
        next_cursor: found.next_cursor,
    })
}
