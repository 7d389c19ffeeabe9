//! Canned replies: who may write them, and which may be used in a session.

mod files;

pub use files::attach;

use crate::{
    Engine, Result,
    audit::Subject,
    contacts,
    database::cursor,
    entity::{canned_reply, channel, queue},
    saved::Expected,
    sessions::access::find,
};
use domain::{
    access::{Actor, Permission},
    canned_reply::{CannedReply, CannedReplyForm, MAX_CANNED_REPLIES, NewCannedReply, Variables},
    form::{Invalid, Problem},
    ids::{CannedReplyId, QueueId, SessionId},
    mask::Mask as _,
    page::{Page, PageRequest},
    refusal::Refusal,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
};

/// All of them, by their short names.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<CannedReply>> {
    actor.require(Permission::CannedReplyRead)?;
    let all = canned_reply::Entity::find().order_by_asc(canned_reply::Column::Shortcut);
    let all = all.all(engine.db.read()).await?;
    with_files(engine.db.read(), all).await
}

/// One page of them, by their short names.
pub async fn page(engine: &Engine, actor: &Actor, page: &PageRequest) -> Result<Page<CannedReply>> {
    actor.require(Permission::CannedReplyRead)?;
    let all = canned_reply::Entity::find();
    let place = |row: &canned_reply::Model| row.shortcut.clone();
    let found = cursor::page_of(engine.db.read(), all, canned_reply::Column::Shortcut, page, place).await?;
    Ok(Page {
        items: with_files(engine.db.read(), found.items).await?,
        next_cursor: found.next_cursor,
    })
}

async fn with_files(db: &impl ConnectionTrait, rows: Vec<canned_reply::Model>) -> Result<Vec<CannedReply>> {
    let mut files = files::of(db, rows.iter().map(|row| row.id)).await?;
    let with = |row: canned_reply::Model| {
        let of_it = files.remove(&row.id).unwrap_or_default();
        row.with(of_it)
    };
    Ok(rows.into_iter().map(with).collect())
}

pub async fn get(engine: &Engine, actor: &Actor, id: CannedReplyId) -> Result<CannedReply> {
    actor.require(Permission::CannedReplyRead)?;
    known(engine.db.read(), id).await
}

async fn known(db: &impl ConnectionTrait, id: CannedReplyId) -> Result<CannedReply> {
    let found = canned_reply::Entity::find_by_id(id.uuid()).one(db).await?;
    let found = with_files(db, vec![found.ok_or(Refusal::NotFound)?]).await?;
    Ok(found.into_iter().next().ok_or(Refusal::NotFound)?)
}

/// The queues that a canned reply may be for, with their names.
pub async fn queues(engine: &Engine, actor: &Actor) -> Result<Vec<(QueueId, String)>> {
    actor.require(Permission::CannedReplyChange)?;
    let queues = queue::Entity::find().order_by_asc(queue::Column::Name);
    let queues = queues.all(engine.db.read()).await?;
    let name = |queue: queue::Model| (QueueId::new(queue.id), queue.name);
    Ok(queues.into_iter().map(name).collect())
}

/// Those that may be used in a session, with the values of their variables.
pub async fn of_session(engine: &Engine, actor: &Actor, id: SessionId) -> Result<Vec<CannedReply>> {
    actor.require(Permission::CannedReplyRead)?;
    let db = engine.db.read();
    let of = find(db, actor, id, false).await?;
    let replies = canned_reply::Entity::find()
        .filter(canned_reply::usable_in(of.queue_id))
        .order_by_asc(canned_reply::Column::Shortcut)
        .all(db)
        .await?;
    if replies.is_empty() {
        return Ok(Vec::new());
    }
    let contact = contacts::merged::known(db, [of.contact_id])
        .await?
        .remove(&of.contact_id);
    let channel = channel::Entity::find_by_id(of.channel_id).one(db).await?;
    let operator = match (actor, actor.extension()) {
        (_, Some(own)) => own.name.clone(),
        (Actor::User(me), None) => me.name.clone(),
        (Actor::Token { .. } | Actor::System, None) => String::new(),
    };
    let variables = Variables {
        customer: contact
            .map(contacts::reference)
            // The end of a number is no name.
            .filter(|contact| !engine.masks_numbers(actor) || contact.clone().masked().label == contact.label)
            .map(|contact| contact.label)
            .unwrap_or_default(),
        operator,
        channel: channel.map(|channel| channel.name).unwrap_or_default(),
    };
    let filled = |reply: CannedReply| CannedReply {
        text: variables.fill(&reply.text),
        ..reply
    };
    let replies = with_files(db, replies).await?;
    Ok(replies.into_iter().map(filled).collect())
}

pub async fn create(engine: &Engine, actor: &Actor, form: &CannedReplyForm) -> Result<CannedReplyId> {
    actor.require(Permission::CannedReplyChange)?;
    let form = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    check(&tx, &form, None).await?;
    if canned_reply::Entity::find().count(&tx).await? >= MAX_CANNED_REPLIES {
        return Err(Invalid::field("shortcut", Problem::Enough).into());
    }
    let new = row(engine, CannedReplyId::new(engine.clock().new_id()), &form);
    canned_reply::Entity::insert(new.clone().into_active_model())
        .exec_without_returning(&tx)
        .await?;
    files::set(&tx, new.id, &form.files).await?;
    tx.audit(
        "canned_reply.create",
        Subject::CannedReply(new.id),
        Some(form.shortcut),
    );
    tx.commit().await?;
    Ok(CannedReplyId::new(new.id))
}

/// # Errors
/// What is wrong with the form; [`Refusal::ChangedMeanwhile`] if the canned reply is not as `expected`.
pub async fn change(
    engine: &Engine,
    actor: &Actor,
    id: CannedReplyId,
    expected: &Expected,
    form: &CannedReplyForm,
) -> Result<()> {
    actor.require(Permission::CannedReplyChange)?;
    let form = form.check()?;
    let tx = engine.transaction_alone(actor).await?;
    expected.allow(&known(&tx, id).await?)?;
    check(&tx, &form, Some(id)).await?;
    let changed = row(engine, id, &form).into_active_model().reset_all();
    canned_reply::Entity::update(changed).exec(&tx).await?;
    files::set(&tx, id.uuid(), &form.files).await?;
    tx.audit(
        "canned_reply.change",
        Subject::CannedReply(id.uuid()),
        Some(form.shortcut),
    );
    tx.commit().await
}

/// # Errors
/// [`Refusal::ChangedMeanwhile`] if the canned reply is not as `expected`.
pub async fn delete(engine: &Engine, actor: &Actor, id: CannedReplyId, expected: &Expected) -> Result<()> {
    actor.require(Permission::CannedReplyChange)?;
    let tx = engine.transaction_alone(actor).await?;
    let current = known(&tx, id).await?;
    expected.allow(&current)?;
    files::release(&tx, id.uuid(), Condition::all()).await?;
    canned_reply::Entity::delete_by_id(id.uuid()).exec(&tx).await?;
    tx.audit(
        "canned_reply.delete",
        Subject::CannedReply(id.uuid()),
        Some(current.shortcut),
    );
    tx.commit().await
}

fn row(engine: &Engine, id: CannedReplyId, form: &NewCannedReply) -> canned_reply::Model {
    canned_reply::Model {
        id: id.uuid(),
        shortcut: form.shortcut.clone(),
        text: form.text.clone(),
        queue_id: form.queue.map(|queue| queue.uuid()),
        changed_at: engine.clock().now().millis(),
    }
}

/// The queue exists, and the short name is free.
async fn check(tx: &DatabaseTransaction, form: &NewCannedReply, except: Option<CannedReplyId>) -> Result<()> {
    if let Some(id) = form.queue
        && queue::Entity::find_by_id(id.uuid()).one(tx).await?.is_none()
    {
        return Err(Refusal::field("queue", Problem::Unknown).into());
    }
    let by_name = canned_reply::Column::Shortcut.eq(&form.shortcut);
    let other = canned_reply::Entity::find().filter(by_name).one(tx).await?;
    match other {
        Some(other) if Some(CannedReplyId::new(other.id)) != except => {
            Err(Invalid::taken("shortcut", &other.shortcut).into())
        }
        _ => Ok(()),
    }
}
