//! Messages: reading them, and writing one together with the outbox row that sends it.

use crate::{
    Engine, Result,
    channels::traffic::Traffic,
    database::cursor,
    entity::{channel, message, outbox, session},
    events::Changes,
    sessions::{self, status},
};
use domain::{
    ids::{MessageId, SessionId},
    message::{Direction, Failure, Marks, MessageView, Status, idempotency_key, text},
    page::{Page, PageRequest},
    people::Actor,
    refusal::Refusal,
    session::ReplyEffect,
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

pub use crate::sessions::content::{card, payload};

/// The messages of a session, oldest first.
pub async fn list(e: &Engine, actor: &Actor, id: SessionId, page: &PageRequest) -> Result<Page<MessageView>> {
    use message::Column;
    let session = sessions::find(e.db.read(), actor, id, false).await?;
    let limit = page.limit();
    let mut query = message::Entity::find()
        .filter(Column::SessionId.eq(session.id))
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
        .limit(u64::from(limit) + 1);
    if let Some((at, id)) = cursor::time_and_id(page)? {
        let same_time = Condition::all().add(Column::At.eq(at)).add(Column::Id.gt(id));
        query = query.filter(Condition::any().add(Column::At.gt(at)).add(same_time));
    }
    let mut rows = query.all(e.db.read()).await?;
    let next_cursor = cursor::cut(&mut rows, limit, |row| cursor::of_time_and_id(row.at, row.id));
    Ok(Page {
        items: rows.into_iter().map(view).collect(),
        next_cursor,
    })
}

/// Answers the customer. The same `key` again returns the same message and sends nothing twice; with another text it is
/// refused, because one of the two would be lost in silence.
pub async fn send_text(
    e: &Engine,
    actor: &Actor,
    id: SessionId,
    body: &str,
    key: Option<&str>,
) -> Result<MessageView> {
    let body = text(body).map_err(|problem| Refusal::field("body", problem))?;
    let key = key.filter(|key| !key.is_empty()).map(idempotency_key).transpose();
    let key = key.map_err(|problem| Refusal::field("key", problem))?;
    let tx = e.db.write().await?;
    if let Some(own) = actor.extension() {
        sessions::stays_enabled(&tx, own).await?;
    }
    let session = sessions::find(&tx, actor, id, true).await?;
    if let Some(key) = &key
        && let Some(known) = of_key(&tx, &session, key).await?
    {
        return match known.text.as_deref() == Some(body.as_str()) {
            true => Ok(view(known)),
            false => Err(Refusal::KeyReused.into()),
        };
    }
    let (written, changes) = write(e, &tx, actor, &session, body, key.as_deref(), None).await?;
    tx.commit().await?;
    e.events().publish(changes);
    e.outbox_wake.notify_one();
    Ok(written)
}

/// Sends a failed message again, as a new message that names the failed one.
pub async fn retry(e: &Engine, actor: &Actor, id: MessageId) -> Result<MessageView> {
    let tx = e.db.write().await?;
    if let Some(own) = actor.extension() {
        sessions::stays_enabled(&tx, own).await?;
    }
    let failed = message::Entity::find_by_id(id.uuid())
        .one(&tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let session = sessions::find(&tx, actor, SessionId::new(failed.session_id), true).await?;
    let status = failed.status.as_deref().and_then(Status::from_stored);
    let Some(body) = failed.text.filter(|_| status.is_some_and(Status::may_be_retried)) else {
        return Err(Refusal::NotFailed.into());
    };
    // A double click must not send twice: the second attempt at the same message is the first one.
    let key = format!("retry:{id}");
    if let Some(known) = of_key(&tx, &session, &key).await? {
        return Ok(view(known));
    }
    let (written, changes) = write(e, &tx, actor, &session, body, Some(&key), Some(id)).await?;
    tx.commit().await?;
    e.events().publish(changes);
    e.outbox_wake.notify_one();
    Ok(written)
}

/// The message of this session that was stored under this key.
async fn of_key(
    tx: &DatabaseTransaction,
    session: &session::Model,
    key: &str,
) -> Result<Option<message::Model>> {
    let found = message::Entity::find()
        .filter(message::Column::SessionId.eq(session.id))
        .filter(message::Column::IdempotencyKey.eq(key));
    Ok(found.one(tx).await?)
}

async fn write(
    e: &Engine,
    tx: &DatabaseTransaction,
    actor: &Actor,
    session: &session::Model,
    body: String,
    key: Option<&str>,
    retry_of: Option<MessageId>,
) -> Result<(MessageView, Changes)> {
    let standing = sessions::standing(tx, actor.extension(), session).await?;
    let effect = standing.reply(actor)?;
    let channel = channel::Entity::find_by_id(session.channel_id)
        .one(tx)
        .await?
        .ok_or(Refusal::NotFound)?;
    let phone_number_id = channel.phone_number_id.ok_or(Refusal::ChannelIncomplete)?;
    let mut changes = Changes::default();
    let mut session = session.clone();
    if effect == ReplyEffect::PicksUp {
        let taker = crate::access::users::own_extension(actor)?;
        changes.append(sessions::take(e, tx, &session, &taker).await?);
        session.extension_id = Some(taker.id.uuid());
    }
    let author = match actor {
        Actor::Person(me) => Some(me.name.clone()),
        Actor::Token { .. } => standing.owner.map(|owner| owner.name),
        Actor::System => None,
    };
    let now = e.clock().now().millis();
    let row = message::Model {
        id: e.clock().new_id(),
        session_id: session.id,
        direction: Direction::Outbound.as_str().to_owned(),
        kind: "text".to_owned(),
        text: Some(body),
        phone_number_id,
        wamid: None,
        // Meta's times are whole seconds: with ours in seconds too, what happens within one stands in the order of
        // its arrival. Never before what it answers, even when the customer's clock runs ahead of ours.
        at: (now - now.rem_euclid(1000)).max(session.last_inbound_at.unwrap_or(0)),
        status: Some(Status::Queued.as_str().to_owned()),
        failure_code: None,
        failure_title: None,
        failure_details: None,
        author,
        retry_of: retry_of.map(MessageId::uuid),
        idempotency_key: key.map(str::to_owned),
        target_wamid: None,
        phone: false,
    };
    message::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    let mut traffic = Traffic::default();
    traffic.add(session.channel_id, &row.direction, row.at);
    traffic.write(tx).await?;
    let job = outbox::Model {
        message_id: row.id,
        session_id: session.id,
        channel_id: session.channel_id,
        attempts: 0,
        due_at: now,
        calling_since: None,
        doubts: 0,
    };
    outbox::Entity::insert(job.into_active_model())
        .exec_without_returning(tx)
        .await?;
    sessions::answered(tx, &session, row.id, row.at).await?;
    changes.append(status::announce(tx, &row).await?);
    Ok((view(row), changes))
}

pub(crate) fn view(row: message::Model) -> MessageView {
    let failure = row.failure_title.map(|title| Failure {
        code: row.failure_code,
        title,
        details: row.failure_details,
    });
    MessageView {
        id: MessageId::new(row.id),
        direction: Direction::from_stored(&row.direction),
        kind: row.kind,
        text: row.text,
        at: Timestamp::from_millis(row.at),
        status: row.status.as_deref().and_then(Status::from_stored),
        failure,
        waits: None,
        author: row.author,
        wamid: row.wamid,
        retry_of: row.retry_of.map(MessageId::new),
        about: row.target_wamid,
        marks: Marks::default(),
        said: None,
        phone: row.phone,
    }
}
