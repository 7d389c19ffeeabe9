//! What is unread in a session, and up to where it was read.

use crate::{
    Engine, Result,
    database::cursor,
    entity::{channel, message, session},
    receipts::waiting::Receipt,
    sessions::{access, audience, thread::cursor::Place},
    transaction::Transaction,
    wakes::Worker,
};
use domain::{
    access::Actor,
    channel::ReadReceipts,
    ids::{MessageId, SessionId},
    message::{CALL, Direction, SYSTEM},
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

/// Notes that the messages up to this one have been on somebody's screen. The position only rises, and the unread
/// messages are those after it. Only an actor who would answer can mark them as read: a look by somebody else leaves
/// them unread.
///
/// # Errors
/// The actor may not see the session, or the message is not in it.
pub async fn mark_read(engine: &Engine, actor: &Actor, id: SessionId, seen: MessageId) -> Result<()> {
    let tx = engine.transaction(actor).await?;
    let found = access::find(&tx, actor, id, true).await?;
    if found.unread == 0
        || !access::session_access(&tx, actor.extension(), &found)
            .await?
            .reads(actor)
    {
        return Ok(());
    }
    let seen = message::Entity::find_by_id(seen.uuid())
        .filter(message::Column::SessionId.eq(found.id))
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let before = found.read_at.zip(found.read_id);
    let position = Ord::max(before, Some((seen.at, seen.id)));
    let after = customers_messages_after(found.id, position).count(&tx).await?;
    let unread = Ord::min(i64::try_from(after).unwrap_or(i64::MAX), found.unread);
    if position == before && unread == found.unread {
        return Ok(());
    }
    session::Entity::update_many()
        .col_expr(session::Column::Unread, Expr::value(unread))
        .col_expr(session::Column::ReadAt, Expr::value(position.map(|(at, _)| at)))
        .col_expr(session::Column::ReadId, Expr::value(position.map(|(_, id)| id)))
        .filter(session::Column::Id.eq(found.id))
        .exec(&tx)
        .await?;
    audience::session_read(&tx, &found);
    tell_read(&tx, &found, position).await?;
    tx.commit().await
}

/// How many of the customer's messages nobody has read.
pub(super) async fn count_unread(db: &impl ConnectionTrait, of: &session::Model) -> Result<i64> {
    let after = customers_messages_after(of.id, of.read_at.zip(of.read_id));
    Ok(i64::try_from(after.count(db).await?).unwrap_or(i64::MAX))
}

/// Notes that the customer's last message has to be read again: the position goes back to before it. Where something is
/// unread anyway, nothing changes.
///
/// # Errors
/// The actor may not see the session, or would not answer in it.
pub async fn mark_unread(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let tx = engine.transaction(actor).await?;
    let found = access::find(&tx, actor, id, true).await?;
    let access = access::session_access(&tx, actor.extension(), &found).await?;
    if !access.reads(actor) {
        access.reply(actor)?;
    }
    let query = newest(customers_messages_after(found.id, None)).limit(2);
    let last = query.all(&tx).await?;
    if found.unread > 0 || last.is_empty() {
        return Ok(());
    }
    let position = last.get(1);
    session::Entity::update_many()
        .col_expr(session::Column::Unread, Expr::value(1_i64))
        .col_expr(session::Column::ReadAt, Expr::value(position.map(|row| row.at)))
        .col_expr(session::Column::ReadId, Expr::value(position.map(|row| row.id)))
        .filter(session::Column::Id.eq(found.id))
        .exec(&tx)
        .await?;
    audience::session_read(&tx, &found);
    tx.commit().await
}

/// Notes that everything has been read.
///
/// # Errors
/// The actor may not see the session, or would not answer in it.
pub async fn mark_all_read(engine: &Engine, actor: &Actor, id: SessionId) -> Result<()> {
    let db = engine.db.read();
    let found = access::find(db, actor, id, false).await?;
    let access = access::session_access(db, actor.extension(), &found).await?;
    if !access.reads(actor) {
        access.reply(actor)?;
    }
    match newest(customers_messages_after(found.id, None)).one(db).await? {
        Some(newest) => mark_read(engine, actor, id, MessageId::new(newest.id)).await,
        None => Ok(()),
    }
}

/// Lets WhatsApp know what has been read since the session's old position, up to a place or to the end, if the channel
/// wants the customer to know when somebody has read.
pub(crate) async fn tell_read(tx: &Transaction, of: &session::Model, until: Option<Place>) -> Result<()> {
    let channel = channel::Entity::find_by_id(of.channel_id).one(tx).await?;
    let Some(channel) = channel else {
        return Ok(());
    };
    // A group's messages are read by its members' own phones.
    if channel.read_receipts()? != ReadReceipts::ByOperator || of.group_id.is_some() {
        return Ok(());
    }
    let read = customers_messages_between(of.id, of.read_at.zip(of.read_id), until);
    let read = read.filter(message::Column::Kind.ne(CALL));
    let last = newest(read).one(tx).await?;
    let now = tx.engine().clock().now();
    if let Some(receipt) = last.and_then(|message| Receipt::of(channel.id, &message, now)) {
        let session = of.id;
        tx.then(move |engine| engine.receipts.add(session, receipt));
        tx.wake(Worker::Receipts);
    }
    Ok(())
}

/// The same messages, the newest first.
pub(crate) fn newest(of: Select<message::Entity>) -> Select<message::Entity> {
    of.order_by_desc(message::Column::At)
        .order_by_desc(message::Column::Id)
}

/// What the customer wrote after a place, or all of it.
pub(crate) fn customers_messages_after(session: Uuid, place: Option<Place>) -> Select<message::Entity> {
    customers_messages_between(session, place, None)
}

/// What the customer wrote after a place and up to another one.
pub(super) fn customers_messages_between(
    session: Uuid,
    after: Option<Place>,
    until: Option<Place>,
) -> Select<message::Entity> {
    use message::Column;
    let within = Condition::all()
        .add_option(after.map(|place| cursor::after(message::ORDER, place)))
        .add_option(until.map(|place| cursor::until(message::ORDER, place)));
    message::Entity::find()
        .filter(Column::SessionId.eq(session))
        .filter(Column::Direction.eq(Direction::Inbound.as_str()))
        .filter(Column::Kind.ne(SYSTEM))
        .filter(Column::TargetWamid.is_null())
        .filter(within)
}

pub(crate) async fn first_unread(
    db: &impl ConnectionTrait,
    of: &session::Model,
) -> Result<Option<MessageId>> {
    if of.unread == 0 {
        return Ok(None);
    }
    let first = customers_messages_after(of.id, of.read_at.zip(of.read_id))
        .order_by_asc(message::Column::At)
        .order_by_asc(message::Column::Id)
        .one(db)
        .await?;
    Ok(first.map(|row| MessageId::new(row.id)))
}
