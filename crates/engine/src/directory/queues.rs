//! Message queues and their members.

use crate::{
    Engine, Result,
    audit::Subject,
    database::cursor,
    directory::attended::attended,
    entity::{extension, queue, queue_member, session},
    events::Audience,
    saved::Expected,
    sessions::access,
};
use domain::{
    access::{Actor, Permission},
    directory::{Queue, QueueForm, QueueRow},
    event::Change,
    form::Problem,
    ids::{ExtensionId, QueueId},
    page::{Page, PageRequest},
    refusal::Refusal,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// All of them, by name.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<QueueRow>> {
    actor.require(Permission::DirectoryRead)?;
    let queues = queue::Entity::find()
        .order_by_asc(queue::Column::Name)
        .all(engine.db.read())
        .await?;
    rows(engine.db.read(), queues).await
}

/// One page of them, by name.
pub async fn page(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<QueueRow>> {
    actor.require(Permission::DirectoryRead)?;
    let all = queue::Entity::find();
    let place = |row: &queue::Model| row.name.clone();
    let found = cursor::page_of(engine.db.read(), all, queue::Column::Name, page, place).await?;
    Ok(Page {
        items: rows(engine.db.read(), found.items).await?,
        next_cursor: found.next_cursor,
    })
}

pub async fn get(engine: &Engine, actor: &Actor, id: QueueId) -> Result<QueueRow> {
    actor.require(Permission::DirectoryRead)?;
    let found = queue::Entity::find_by_id(id.uuid())
        .one(engine.db.read())
        .await?
        .ok_or(Refusal::NotFound)?;
    row(engine.db.read(), found).await
}

async fn row(db: &impl ConnectionTrait, found: queue::Model) -> Result<QueueRow> {
    let mut rows = rows(db, vec![found]).await?;
    Ok(rows.pop().ok_or(Refusal::NotFound)?)
}

/// Each table is read with one statement, however many queues there are.
async fn rows(db: &impl ConnectionTrait, queues: Vec<queue::Model>) -> Result<Vec<QueueRow>> {
    let ids: Vec<Uuid> = queues.iter().map(|queue| queue.id).collect();
    let members = queue_member::Entity::find()
        .filter(queue_member::Column::QueueId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let known = extension::Entity::find()
        .filter(extension::Column::Id.is_in(members.iter().map(|member| member.extension_id)))
        .order_by_asc(extension::Column::Number)
        .all(db)
        .await?;
    let waiting: Vec<(Uuid, i64)> = waiting_sessions(ids).into_tuple().all(db).await?;
    let attended = attended(db).await?;
    let waiting: HashMap<Uuid, i64> = waiting.into_iter().collect();
    let mut of_queue: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
    for member in members {
        of_queue
            .entry(member.queue_id)
            .or_default()
            .insert(member.extension_id);
    }
    let nobody = HashSet::new();
    let row = |queue: queue::Model| {
        let ids = of_queue.get(&queue.id).unwrap_or(&nobody);
        let members = known.iter().filter(|extension| ids.contains(&extension.id));
        let pick_up = queue.pick_up_mode()?;
        Ok(QueueRow {
            id: QueueId::new(queue.id),
            name: queue.name,
            pick_up,
            empty: !ids.iter().any(|id| attended.contains(id)),
            members: members.cloned().map(Into::into).collect(),
            disabled: queue.disabled_at.is_some(),
            waiting: waiting
                .get(&queue.id)
                .map_or(0, |waiting| u32::try_from(*waiting).unwrap_or(u32::MAX)),
            distributes: queue.distributes,
        })
    };
    queues.into_iter().map(row).collect()
}

/// How many sessions wait in each of these.
pub(crate) fn waiting_sessions(ids: Vec<Uuid>) -> Select<session::Entity> {
    session::Entity::find()
        .select_only()
        .column(session::Column::QueueId)
        .column_as(session::Column::Id.count(), "waiting")
        .filter(session::Column::QueueId.is_in(ids))
        .filter(access::is_waiting())
        .group_by(session::Column::QueueId)
}

pub async fn create(engine: &Engine, actor: &Actor, form: &QueueForm) -> Result<QueueId> {
    actor.require(Permission::DirectoryChange)?;
    let form = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    name_is_free(&tx, &form.name, None).await?;
    let new = queue::Model {
        id: engine.clock().new_id(),
        name: form.name.clone(),
        pick_up: form.pick_up.as_str().to_owned(),
        disabled_at: None,
        distributes: form.distributes,
        created_at: engine.clock().now().millis(),
    };
    let id = new.id;
    queue::Entity::insert(new.into_active_model())
        .exec_without_returning(&tx)
        .await?;
    set_members(&tx, id, &form.members).await?;
    tx.audit("queue.create", Subject::Queue(id), Some(detail(&form)));
    tx.changed(Change::Directory, Audience::Everybody);
    tx.commit().await?;
    Ok(QueueId::new(id))
}

/// # Errors
/// What is wrong with the form; [`Refusal::ChangedMeanwhile`] if the queue is not as `expected`.
pub async fn change(
    engine: &Engine,
    actor: &Actor,
    id: QueueId,
    expected: &Expected,
    form: &QueueForm,
) -> Result<()> {
    actor.require(Permission::DirectoryChange)?;
    let form = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    let current = queue::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    expected.allow(&row(&tx, current.clone()).await?)?;
    name_is_free(&tx, &form.name, Some(id)).await?;
    let mut change = current.into_active_model();
    change.name = Set(form.name.clone());
    change.pick_up = Set(form.pick_up.as_str().to_owned());
    change.distributes = Set(form.distributes);
    queue::Entity::update(change).exec(&tx).await?;
    set_members(&tx, id.uuid(), &form.members).await?;
    tx.audit("queue.change", Subject::Queue(id.uuid()), Some(detail(&form)));
    tx.changed(Change::Directory, Audience::Everybody);
    // Members have come and gone, and now see other sessions.
    tx.changed(Change::Resync, Audience::Everybody);
    tx.commit().await
}

/// A disabled queue gets no new sessions; those in it stay until somebody takes them.
pub async fn set_disabled(engine: &Engine, actor: &Actor, id: QueueId, disabled: bool) -> Result<()> {
    actor.require(Permission::DirectoryChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let current = queue::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let mut change = current.into_active_model();
    change.disabled_at = Set(disabled.then(|| engine.clock().now().millis()));
    queue::Entity::update(change).exec(&tx).await?;
    let action = if disabled { "queue.disable" } else { "queue.enable" };
    tx.audit(action, Subject::Queue(id.uuid()), None);
    tx.changed(Change::Directory, Audience::Everybody);
    tx.commit().await
}

fn detail(form: &Queue) -> String {
    let given = if form.distributes { ", given out" } else { "" };
    format!(
        "{}, {} members, pick-up {}{given}",
        form.name,
        form.members.len(),
        form.pick_up.as_str()
    )
}

async fn set_members(tx: &DatabaseTransaction, queue: Uuid, members: &[ExtensionId]) -> Result<()> {
    let ids: Vec<Uuid> = members.iter().map(|id| id.uuid()).collect();
    let known = extension::Entity::find()
        .filter(extension::Column::Id.is_in(ids.clone()))
        .count(tx)
        .await?;
    if known != ids.len() as u64 {
        return Err(Refusal::field("members", Problem::Unknown).into());
    }
    queue_member::Entity::delete_many()
        .filter(queue_member::Column::QueueId.eq(queue))
        .exec(tx)
        .await?;
    let rows = ids.into_iter().map(|extension_id| queue_member::Model {
        queue_id: queue,
        extension_id,
    });
    let rows: Vec<_> = rows.map(IntoActiveModel::into_active_model).collect();
    if !rows.is_empty() {
        queue_member::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

async fn name_is_free(tx: &DatabaseTransaction, name: &str, except: Option<QueueId>) -> Result<()> {
    let other = queue::Entity::find()
        .filter(queue::Column::Name.eq(name))
        .one(tx)
        .await?;
    match other {
        Some(other) if Some(other.id) != except.map(QueueId::uuid) => {
            Err(Refusal::field("name", Problem::Taken).into())
        }
        _ => Ok(()),
    }
}
