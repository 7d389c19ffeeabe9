//! Deleting one session with everything in it. It takes several transactions, so that others can write meanwhile; the
//! session's row goes last, so whoever is interrupted begins again.

use crate::{
    Engine, Result,
    entity::{
        contact, draft, file, file_attempt, mention, message, message_payload, message_status, outbox,
        session, session_label, session_moment,
    },
    files::keep,
    search::index,
    sessions::{audience::session_changed, status},
    transaction::Transaction,
    webhooks::forget,
};
use domain::{access::Actor, erasure::Extent, file::FileState, session::SessionEventKind};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait as _,
    sea_query::{Expr, Query},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Messages deleted in one transaction.
const BATCH: u64 = 500;

/// How much is stored in these sessions.
pub(super) async fn stored_in(db: &impl ConnectionTrait, of: Condition) -> Result<Extent> {
    let sessions = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .cond_where(of.clone())
        .to_owned();
    let messages =
        || message::Entity::find().filter(message::Column::SessionId.in_subquery(sessions.clone()));
    let named = |column: message::Column| {
        let names = messages()
            .select_only()
            .column(column)
            .filter(column.is_not_null());
        file::Column::Id.in_subquery(names.into_query())
    };
    let files = file::Entity::find()
        .filter(
            Condition::any()
                .add(named(message::Column::Id))
                .add(named(message::Column::FileId)),
        )
        .filter(file::Column::State.eq(FileState::Here.as_str()));
    Ok(Extent {
        contacts: 0,
        sessions: session::Entity::find().filter(of).count(db).await?,
        messages: messages().count(db).await?,
        files: files.count(db).await?,
    })
}

/// Deletes the session, as long as it is one of these.
pub(super) async fn delete(engine: &Engine, id: Uuid, of: &Condition) -> Result<()> {
    delete_all_messages(engine, id, of).await?;
    let Some(known) = session::Entity::find_by_id(id).one(engine.db.read()).await? else {
        return Ok(());
    };
    let tx = engine.transaction(&Actor::System).await?;
    // Whoever changes a contact locks it before its sessions.
    tx.lock::<contact::Entity>(contact::Column::Id, [known.contact_id])
        .await?;
    let session = locked(&tx, id, of).await?;
    let Some(session) = session.filter(|session| session.contact_id == known.contact_id) else {
        return Ok(());
    };
    if has_messages(&tx, id).await? {
        return Ok(());
    }
    delete_timeline(&tx, id).await?;
    forget::of_session(&tx, id).await?;
    draft::Entity::delete_many()
        .filter(draft::Column::SessionId.eq(id))
        .exec(&tx)
        .await?;
    session_label::Entity::delete_many()
        .filter(session_label::Column::SessionId.eq(id))
        .exec(&tx)
        .await?;
    session::Entity::delete_by_id(id).exec(&tx).await?;
    let other: Option<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ContactId.eq(session.contact_id))
        .into_tuple()
        .one(&tx)
        .await?;
    if other.is_none() {
        contact::Entity::update_many()
            .col_expr(
                contact::Column::AloneSince,
                Expr::value(engine.clock().now().millis()),
            )
            .filter(contact::Column::Id.eq(session.contact_id))
            .exec(&tx)
            .await?;
    }
    session_changed(&tx, &session);
    tx.commit().await
}

/// Deletes the session's messages with their files, as long as it is one of these.
pub(super) async fn delete_messages(engine: &Engine, id: Uuid, of: &Condition) -> Result<()> {
    delete_all_messages(engine, id, of).await?;
    let tx = engine.transaction(&Actor::System).await?;
    if let Some(session) = locked(&tx, id, of).await?
        && !has_messages(&tx, id).await?
    {
        forget::of_session(&tx, id).await?;
        session::Entity::update_many()
            .col_expr(session::Column::LastMessageId, Expr::value(None::<Uuid>))
            .filter(session::Column::Id.eq(id))
            .exec(&tx)
            .await?;
        session_changed(&tx, &session);
    }
    tx.commit().await
}

/// The session, if it is still one of these: somebody may have opened it again.
async fn locked(tx: &Transaction, id: Uuid, of: &Condition) -> Result<Option<session::Model>> {
    let found = session::Entity::find_by_id(id)
        .filter(of.clone())
        .lock_exclusive();
    Ok(found.one(tx).await?)
}

async fn has_messages(db: &impl ConnectionTrait, session: Uuid) -> Result<bool> {
    let some: Option<Uuid> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::SessionId.eq(session))
        .into_tuple()
        .one(db)
        .await?;
    Ok(some.is_some())
}

/// Does not change the session: its row still names the last message.
async fn delete_all_messages(engine: &Engine, session: Uuid, of: &Condition) -> Result<()> {
    while delete_some_messages(engine, session, of).await? {}
    Ok(())
}

/// Returns whether there may be more. Another engine may delete the same ones at the same time.
async fn delete_some_messages(engine: &Engine, session: Uuid, of: &Condition) -> Result<bool> {
    let db = engine.db.read();
    let messages = message::Entity::find()
        .filter(message::Column::SessionId.eq(session))
        .order_by_asc(message::Column::Id)
        .limit(BATCH)
        .all(db)
        .await?;
    if messages.is_empty() {
        return Ok(false);
    }
    let ids: Vec<Uuid> = messages.iter().map(|message| message.id).collect();
    let tx = engine.transaction(&Actor::System).await?;
    // In the order in which deliveries of Meta are applied: messages, then their session.
    status::lock(&tx, ids.iter().copied()).await?;
    if locked(&tx, session, of).await?.is_none() {
        return Ok(false);
    }
    // Meta's ids may have come meanwhile.
    let by_id = message::Entity::find().filter(message::Column::Id.is_in(ids.iter().copied()));
    let messages = by_id.all(&tx).await?;
    let files = files_of(&tx, session, &messages).await?;
    let entry = |message: &message::Model| (message.id, message.text.clone().unwrap_or_default());
    index::remove(&tx, messages.iter().map(entry).collect()).await?;
    delete_statuses(&tx, &messages).await?;
    file_attempt::Entity::delete_many()
        .filter(file_attempt::Column::MessageId.is_in(ids.iter().copied()))
        .exec(&tx)
        .await?;
    outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.is_in(ids.iter().copied()))
        .exec(&tx)
        .await?;
    message_payload::Entity::delete_many()
        .filter(message_payload::Column::MessageId.is_in(ids.iter().copied()))
        .exec(&tx)
        .await?;
    file::Entity::delete_many()
        .filter(file::Column::Id.is_in(files.iter().copied()))
        .exec(&tx)
        .await?;
    message::Entity::delete_many()
        .filter(message::Column::Id.is_in(ids))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    // What a crash leaves here is swept, because no row names it.
    for file in files {
        keep::delete_bytes(engine, file).await?;
    }
    Ok(true)
}

/// The files of these messages that no other session's message sends.
async fn files_of(tx: &Transaction, session: Uuid, messages: &[message::Model]) -> Result<Vec<Uuid>> {
    // A received file has the id of its message. Whoever sends one changes its row, and so waits.
    let sent = messages.iter().filter_map(|message| message.file_id);
    let named = sent.chain(messages.iter().map(|message| message.id));
    let files = tx.lock::<file::Entity>(file::Column::Id, named).await?;
    let ids = || files.iter().map(|file| file.id);
    let elsewhere = message::Entity::find()
        .select_only()
        .column(message::Column::FileId)
        .filter(message::Column::FileId.is_in(ids()))
        .filter(message::Column::SessionId.ne(session));
    let elsewhere: Vec<Option<Uuid>> = elsewhere.into_tuple().all(tx).await?;
    Ok(ids().filter(|file| !elsewhere.contains(&Some(*file))).collect())
}

async fn delete_statuses(tx: &DatabaseTransaction, messages: &[message::Model]) -> Result<()> {
    let mut by_number: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for message in messages {
        if let Some(wamid) = &message.wamid {
            by_number.entry(&message.phone_number_id).or_default().push(wamid);
        }
    }
    for (number, wamids) in by_number {
        message_status::Entity::delete_many()
            .filter(message_status::Column::PhoneNumberId.eq(number))
            .filter(message_status::Column::Wamid.is_in(wamids))
            .exec(tx)
            .await?;
    }
    Ok(())
}

async fn delete_timeline(tx: &DatabaseTransaction, of: Uuid) -> Result<()> {
    use session_moment::Column;
    let of_session = || Condition::all().add(Column::SessionId.eq(of));
    let notes = session_moment::Entity::find()
        .filter(of_session())
        .filter(Column::What.eq(SessionEventKind::Noted.as_str()))
        .all(tx)
        .await?;
    let entry = |note: session_moment::Model| (note.id, note.reason.unwrap_or_default());
    index::remove(tx, notes.into_iter().map(entry).collect()).await?;
    let lines = Query::select()
        .column(Column::Id)
        .from(session_moment::Entity)
        .and_where(Column::SessionId.eq(of))
        .to_owned();
    mention::Entity::delete_many()
        .filter(mention::Column::MomentId.in_subquery(lines))
        .exec(tx)
        .await?;
    session_moment::Entity::delete_many()
        .filter(of_session())
        .exec(tx)
        .await?;
    Ok(())
}
