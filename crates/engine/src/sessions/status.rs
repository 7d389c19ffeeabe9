//! Delivery statuses: kept whole, because Meta says why a message failed only once, and applied so that a tick never
//! goes back.

use crate::{
    Result,
    entity::{channel, message, message_status, session},
    events::Changes,
    inbound::batch::Ledger,
    sessions,
};
use domain::{
    event::Change,
    ids::{MessageId, SessionId},
    message::{Direction, Failure, Status},
    time::Timestamp,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;
use whatsapp::webhook::{GraphErrorObject, StatusUpdate};

/// Milliseconds. When the last status came is shown to the minute: not every one has to write it.
const STATUS_NOTED_EVERY: i64 = 10_000;

/// Notes a status and moves the message's tick. A message that we do not know may be another application's, or one
/// whose acceptance is not recorded yet: the status waits for it.
pub(crate) fn apply(
    ledger: &mut Ledger,
    channel: &channel::Model,
    update: &StatusUpdate,
    received_at: i64,
    raw: &str,
) {
    let phone_number_id = channel.phone_number_id.clone().unwrap_or_default();
    let failure = update.errors.first().map(failure_of);
    let at = Timestamp::told(update.timestamp, Timestamp::from_millis(received_at)).millis();
    ledger.written().status(message_status::Model {
        phone_number_id: phone_number_id.clone(),
        wamid: update.wamid.as_str().to_owned(),
        status: update.status.as_str().to_owned(),
        participant: update.participant.clone().unwrap_or_default(),
        at,
        failure_code: failure.as_ref().and_then(|failure| failure.code),
        failure_title: failure.as_ref().map(|failure| failure.title.clone()),
        failure_details: failure.as_ref().and_then(|failure| failure.details.clone()),
        payload: raw.to_owned(),
    });
    let now = ledger.now;
    let noted_long_ago = channel
        .last_status_at
        .is_none_or(|last| now - last >= STATUS_NOTED_EVERY);
    if let Some(heard) = ledger.heard(&phone_number_id).filter(|_| noted_long_ago) {
        heard.status_at = Some(now);
    }
    let Some(id) = find_message(ledger, &phone_number_id, update) else {
        return;
    };
    let Some(news) = Status::from_stored(update.status.as_str()) else {
        return;
    };
    // Meta has it, so whatever was still to be sent is sent.
    ledger.written().sent(id);
    // An id is one message's, also when Meta gives it to two.
    let wamid = update.wamid.as_str();
    let holder = ledger.message(&phone_number_id, wamid);
    let free = holder.is_none_or(|holder| holder.id == id);
    let Some(moved) = ledger
        .messages
        .get(id)
        .and_then(|message| advance(message, free.then_some(wamid), news, failure))
    else {
        return;
    };
    if free {
        ledger.name_message(&phone_number_id, wamid, id);
    }
    let session = moved.session_id;
    ledger.messages.add(id, moved);
    ledger.announce_message(session, id, false);
}

/// The message by our own id, which Meta hands back, or by Meta's.
fn find_message(ledger: &Ledger, phone_number_id: &str, update: &StatusUpdate) -> Option<Uuid> {
    let is_ours = |message: &&message::Model| {
        message.direction == Direction::Outbound.as_str() && message.phone_number_id == phone_number_id
    };
    let by_our_id = || {
        let id = update.callback_data.as_deref()?.parse::<MessageId>().ok()?;
        ledger.messages.get(id.uuid()).filter(is_ours)
    };
    let by_wamid = || {
        ledger
            .message(phone_number_id, update.wamid.as_str())
            .filter(is_ours)
    };
    by_our_id().or_else(by_wamid).map(|message| message.id)
}

/// The echo of a message came after its statuses.
pub(crate) fn catch_up(ledger: &mut Ledger, id: Uuid, phone_number_id: &str, wamid: &str) {
    for row in ledger.quicker_statuses(phone_number_id, wamid) {
        let failure = row.failure_title.map(|title| Failure {
            code: row.failure_code,
            title,
            details: row.failure_details,
        });
        let moved = Status::from_stored(&row.status).and_then(|news| {
            let message = ledger.messages.get(id)?;
            advance(message, None, news, failure)
        });
        if let Some(moved) = moved {
            ledger.messages.add(id, moved);
        }
    }
}

/// The message with its status moved forward; `None` when it stays where it is.
fn advance(
    message: &message::Model,
    wamid: Option<&str>,
    news: Status,
    failure: Option<Failure>,
) -> Option<message::Model> {
    let before = message.status.as_deref();
    let before = before.and_then(Status::from_stored).unwrap_or(Status::Queued);
    let after = before.advance(news);
    let new_wamid = message.wamid.is_none().then_some(wamid).flatten();
    if after == before && new_wamid.is_none() {
        return None;
    }
    let failure = failure.filter(|_| after.may_be_retried());
    Some(message::Model {
        status: Some(after.as_str().to_owned()),
        wamid: new_wamid.map(str::to_owned).or_else(|| message.wamid.clone()),
        failure_code: failure.as_ref().and_then(|failure| failure.code),
        failure_title: failure.as_ref().map(|failure| failure.title.clone()),
        failure_details: failure.and_then(|failure| failure.details),
        ..message.clone()
    })
}

/// Meta accepted the message: from now on it has Meta's id, and the statuses that were quicker than the answer count.
pub(crate) async fn accepted(tx: &DatabaseTransaction, id: MessageId, wamid: &str) -> Result<Changes> {
    let Some(mut found) = locked(tx, id).await? else {
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
        if let Some(moved) = advance(&found, Some(wamid), status, failure) {
            found = store(tx, moved).await?;
            changes.append(announce(tx, &found).await?);
        }
    }
    Ok(changes)
}

/// Meta accepted the message under an id that cannot be stored, because another message has it, say. Its ticks move
/// only by statuses that bring our own id back.
pub(crate) async fn accepted_without_id(tx: &DatabaseTransaction, id: MessageId) -> Result<Changes> {
    let Some(moved) = locked(tx, id)
        .await?
        .and_then(|found| advance(&found, None, Status::Sent, None))
    else {
        return Ok(Changes::default());
    };
    let moved = message::Model {
        failure_title: Some("Meta accepted the message, but its id could not be stored".to_owned()),
        ..moved
    };
    announce(tx, &store(tx, moved).await?).await
}

/// The message will not be sent any more. The reason is that of the last attempt: when an earlier one ended in doubt,
/// Meta may have the message all the same.
pub(crate) async fn given_up(
    tx: &DatabaseTransaction,
    id: MessageId,
    failure: Failure,
    in_doubt: bool,
) -> Result<Changes> {
    match in_doubt {
        true => unconfirmed(tx, id, Some(failure)).await,
        false => move_on(tx, id, Status::Failed, Some(failure)).await,
    }
}

/// Nobody knows whether Meta has the message; it will not be sent by itself any more.
pub(crate) async fn unconfirmed(
    tx: &DatabaseTransaction,
    id: MessageId,
    failure: Option<Failure>,
) -> Result<Changes> {
    move_on(tx, id, Status::Unconfirmed, failure).await
}

async fn move_on(
    tx: &DatabaseTransaction,
    id: MessageId,
    news: Status,
    failure: Option<Failure>,
) -> Result<Changes> {
    let found = locked(tx, id).await?;
    match found.and_then(|found| advance(&found, None, news, failure)) {
        Some(moved) => announce(tx, &store(tx, moved).await?).await,
        None => Ok(Changes::default()),
    }
}

async fn locked(tx: &DatabaseTransaction, id: MessageId) -> Result<Option<message::Model>> {
    let found = message::Entity::find_by_id(id.uuid()).lock_exclusive();
    Ok(found.one(tx).await?)
}

async fn store(tx: &DatabaseTransaction, message: message::Model) -> Result<message::Model> {
    let all = message.into_active_model().reset_all();
    Ok(message::Entity::update(all).exec(tx).await?)
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
        details: error.details.clone(),
    }
}
