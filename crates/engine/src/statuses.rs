//! Delivery statuses: kept whole, because Meta says why a message failed only once, and applied so that a tick never
//! goes back.

use crate::{
    Engine, Result,
    database::storable,
    entity::{channel, message, message_status, outbox, session},
    events::Changes,
    sessions,
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
    message::{Direction, Failure, Status},
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use whatsapp::webhook::{GraphErrorObject, StatusUpdate};

/// Milliseconds. When the last status came is shown to the minute: not every one has to write it.
const STATUS_NOTED_EVERY: i64 = 10_000;

/// Notes a status and moves the message's tick. A message that we do not know may be another application's, or one
/// whose acceptance is not recorded yet: the status waits for it.
pub(crate) async fn apply(
    e: &Engine,
    tx: &DatabaseTransaction,
    channel: &channel::Model,
    update: &StatusUpdate,
    raw: &str,
) -> Result<Changes> {
    let phone_number_id = channel.phone_number_id.clone().unwrap_or_default();
    let failure = update.errors.first().map(failure_of);
    let at = update
        .timestamp
        .map_or_else(|| e.clock().now(), Timestamp::from_seconds);
    let row = message_status::Model {
        phone_number_id: phone_number_id.clone(),
        wamid: update.wamid.as_str().to_owned(),
        status: update.status.as_str().to_owned(),
        participant: update.participant.clone().unwrap_or_default(),
        at: at.millis(),
        failure_code: failure.as_ref().and_then(|failure| failure.code),
        failure_title: failure.as_ref().map(|failure| failure.title.clone()),
        failure_details: failure.as_ref().and_then(|failure| failure.details.clone()),
        payload: raw.to_owned(),
    };
    let once = OnConflict::new().do_nothing().to_owned();
    message_status::Entity::insert(row.into_active_model())
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;

    let now = e.clock().now().millis();
    if channel
        .last_status_at
        .is_none_or(|last| now - last >= STATUS_NOTED_EVERY)
    {
        channel::Entity::update_many()
            .col_expr(channel::Column::LastStatusAt, Expr::value(now))
            .filter(channel::Column::Id.eq(channel.id))
            .exec(tx)
            .await?;
    }
    let Some(found) = find_message(tx, &phone_number_id, update).await? else {
        return Ok(Changes::default());
    };
    let Some(news) = Status::from_stored(update.status.as_str()) else {
        return Ok(Changes::default());
    };
    // Meta has it, so whatever was still to be sent is sent.
    outbox::Entity::delete_by_id(found.id).exec(tx).await?;
    match advance(tx, found, Some(update.wamid.as_str()), news, failure).await? {
        Some(message) => announce(tx, &message).await,
        None => Ok(Changes::default()),
    }
}

/// The message by Meta's id, or by ours, which Meta hands back.
async fn find_message(
    tx: &DatabaseTransaction,
    phone_number_id: &str,
    update: &StatusUpdate,
) -> Result<Option<message::Model>> {
    let by_wamid = message::Entity::find()
        .filter(message::Column::PhoneNumberId.eq(phone_number_id))
        .filter(message::Column::Wamid.eq(update.wamid.as_str()))
        .lock_exclusive()
        .one(tx)
        .await?;
    if by_wamid.is_some() {
        return Ok(by_wamid.filter(|message| message.direction == Direction::Outbound.as_str()));
    }
    let Some(ours) = update
        .callback_data
        .as_deref()
        .and_then(|id| id.parse::<MessageId>().ok())
    else {
        return Ok(None);
    };
    let by_ours = message::Entity::find_by_id(ours.uuid())
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(by_ours.filter(|message| {
        message.direction == Direction::Outbound.as_str() && message.phone_number_id == phone_number_id
    }))
}

/// Moves a message's status forward; `None` when it stays where it is.
async fn advance(
    tx: &DatabaseTransaction,
    message: message::Model,
    wamid: Option<&str>,
    news: Status,
    failure: Option<Failure>,
) -> Result<Option<message::Model>> {
    let before = message
        .status
        .as_deref()
        .and_then(Status::from_stored)
        .unwrap_or(Status::Queued);
    let after = before.advance(news);
    let new_wamid = message.wamid.is_none().then_some(wamid).flatten();
    if after == before && new_wamid.is_none() {
        return Ok(None);
    }
    let mut change = message.into_active_model();
    change.status = Set(Some(after.as_str().to_owned()));
    if let Some(wamid) = new_wamid {
        change.wamid = Set(Some(wamid.to_owned()));
    }
    let failure = failure.filter(|_| after == Status::Failed);
    change.failure_code = Set(failure.as_ref().and_then(|failure| failure.code));
    change.failure_title = Set(failure.as_ref().map(|failure| failure.title.clone()));
    change.failure_details = Set(failure.and_then(|failure| failure.details));
    Ok(Some(message::Entity::update(change).exec(tx).await?))
}

/// Meta accepted the message: from now on it has Meta's id, and the statuses that were quicker than the answer count.
pub(crate) async fn accepted(tx: &DatabaseTransaction, id: MessageId, wamid: &str) -> Result<Changes> {
    let found = message::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(tx)
        .await?;
    let Some(mut found) = found else {
        return Ok(Changes::default());
    };
    let quicker = message_status::Entity::find()
        .filter(message_status::Column::PhoneNumberId.eq(found.phone_number_id.as_str()))
        .filter(message_status::Column::Wamid.eq(wamid))
        .all(tx)
        .await?;
    let mut news = vec![(Status::Sent, None)];
    for row in quicker {
        let failure = row.failure_title.map(|title| Failure {
            code: row.failure_code,
            title,
            details: row.failure_details,
        });
        news.extend(Status::from_stored(&row.status).map(|status| (status, failure)));
    }
    let mut changes = Changes::default();
    for (status, failure) in news {
        if let Some(moved) = advance(tx, found.clone(), Some(wamid), status, failure).await? {
            changes.append(announce(tx, &moved).await?);
            found = moved;
        }
    }
    Ok(changes)
}

/// The message will not be sent any more.
pub(crate) async fn failed(tx: &DatabaseTransaction, id: MessageId, failure: Failure) -> Result<Changes> {
    let found = message::Entity::find_by_id(id.uuid())
        .lock_exclusive()
        .one(tx)
        .await?;
    let Some(found) = found else {
        return Ok(Changes::default());
    };
    match advance(tx, found, None, Status::Failed, Some(failure)).await? {
        Some(moved) => announce(tx, &moved).await,
        None => Ok(Changes::default()),
    }
}

pub(crate) async fn announce(tx: &DatabaseTransaction, message: &message::Model) -> Result<Changes> {
    let mut changes = Changes::default();
    if let Some(session) = session::Entity::find_by_id(message.session_id).one(tx).await? {
        let change = Change::Message {
            session: SessionId::new(session.id),
            message: MessageId::new(message.id),
            inbound: false,
        };
        changes.add(change, sessions::audience(tx, &session).await?);
    }
    Ok(changes)
}

fn failure_of(error: &GraphErrorObject) -> Failure {
    let title = error.title.clone().or_else(|| error.message.clone());
    let known = || whatsapp::errors::title_of(error.code).map(str::to_owned);
    Failure {
        code: (error.code != GraphErrorObject::NO_CODE).then_some(error.code),
        title: title
            .or_else(known)
            .unwrap_or_else(|| "Meta gave no reason".to_owned()),
        details: error.details.clone().map(storable),
    }
}
