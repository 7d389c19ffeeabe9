//! Delivery statuses: kept whole, because Meta says why a message failed only once, and applied so that a tick never
//! goes back.

use crate::{
    Result,
    entity::{file_attempt, message, message_status, session, stored},
    events::{Deed, deeds::About},
    sessions::audience::message_changed,
    transaction::{Transaction, in_order},
    wakes::Worker,
};
use domain::{
    ids::MessageId,
    message::{Failure, Status, WINDOW_CLOSED},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

/// The message with its status moved forward; `None` when it stays where it is.
pub(crate) fn advance(
    message: &message::Model,
    wamid: Option<&str>,
    news: Status,
    failure: Option<Failure>,
) -> Result<Option<message::Model>> {
    let before = message.status.as_deref().map(stored).transpose()?;
    let before = before.unwrap_or(Status::Queued);
    let after = before.advance(news);
    let new_wamid = message.wamid.is_none().then_some(wamid).flatten();
    if after == before && new_wamid.is_none() {
        return Ok(None);
    }
    let failure = failure.filter(|_| after.may_be_retried());
    Ok(Some(message::Model {
        status: Some(after.as_str().to_owned()),
        wamid: new_wamid.map(str::to_owned).or_else(|| message.wamid.clone()),
        failure_code: failure.as_ref().and_then(|failure| failure.code),
        failure_title: failure.as_ref().map(|failure| failure.title.clone()),
        failure_details: failure.as_ref().and_then(|failure| failure.details.clone()),
        failure_trace: failure.and_then(|failure| failure.trace),
        ..message.clone()
    }))
}

/// Meta's codes for an account that cannot pay: no payment method, or a problem with it.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes>
const PAYMENT: [i64; 2] = [131_042, 131_044];

/// Whether Meta refused the message because the account cannot pay for it.
pub(crate) fn lacks_payment(failure: &Failure) -> bool {
    failure.code.is_some_and(|code| PAYMENT.contains(&code))
}

/// Whether Meta refused the message because the service window is closed.
pub(crate) fn closes_the_window(message: &message::Model) -> bool {
    message.failure_code == Some(WINDOW_CLOSED)
}

/// Notes which of these messages failed because WhatsApp could not use their file: the other way is tried.
pub(crate) async fn files_failed(tx: &Transaction, messages: &[message::Model]) -> Result<()> {
    let failed = messages
        .iter()
        .filter(|message| message.failure_code == Some(file_attempt::MEDIA_FAILED));
    let failed: Vec<Uuid> = failed.map(|message| message.id).collect();
    if !failed.is_empty() && file_attempt::failed(&**tx, &failed).await? {
        tx.wake(Worker::OtherWay);
    }
    Ok(())
}

/// Meta accepted the message: from now on it has Meta's id, and the statuses that came before the answer count.
pub(crate) async fn accepted(tx: &Transaction, id: MessageId, wamid: &str) -> Result<()> {
    let Some(mut found) = locked(tx, id).await? else {
        return Ok(());
    };
    let quicker = message_status::Entity::find()
        .filter(message_status::Column::PhoneNumberId.eq(found.phone_number_id.as_str()))
        .filter(message_status::Column::Wamid.eq(wamid))
        .all(tx)
        .await?;
    let mut news = vec![(Status::Sent, None)];
    for row in quicker {
        let failure = row.failure();
        // Meta may have a word that this version does not know.
        news.extend(row.status.parse().ok().map(|status| (status, failure)));
    }
    for (status, failure) in news {
        if let Some(moved) = advance(&found, Some(wamid), status, failure)? {
            found = store(tx, moved).await?;
            status_moved(tx, &found).await?;
        }
    }
    Ok(())
}

/// Meta accepted the message under an id that cannot be stored, for example because another message has it. Its ticks
/// move only by statuses that bring its own id back.
pub(crate) async fn accepted_without_id(tx: &Transaction, id: MessageId) -> Result<()> {
    let Some(moved) = moved(tx, id, Status::Sent, None).await? else {
        return Ok(());
    };
    let moved = message::Model {
        failure_title: Some("Meta accepted the message, but its id could not be stored".to_owned()),
        ..moved
    };
    status_moved(tx, &store(tx, moved).await?).await
}

/// The message will not be sent any more. The reason is that of the last attempt: when an earlier one ended in doubt,
/// Meta may have the message all the same.
pub(crate) async fn given_up(
    tx: &Transaction,
    id: MessageId,
    failure: Failure,
    called_at: Option<i64>,
    in_doubt: bool,
) -> Result<()> {
    let closes = failure.code == Some(WINDOW_CLOSED);
    if let (true, Some(at), Some(message)) = (closes, called_at, locked(tx, id).await?) {
        session::Entity::update_many()
            .col_expr(session::Column::WindowClosedAt, Expr::value(at))
            .filter(session::Column::Id.eq(message.session_id))
            .exec(tx)
            .await?;
    }
    match in_doubt {
        true => unconfirmed(tx, id, Some(failure)).await,
        false => move_on(tx, id, Status::Failed, Some(failure)).await,
    }
}

/// Nobody knows whether Meta has the message; it is not sent automatically any more.
pub(crate) async fn unconfirmed(tx: &Transaction, id: MessageId, failure: Option<Failure>) -> Result<()> {
    move_on(tx, id, Status::Unconfirmed, failure).await
}

async fn move_on(tx: &Transaction, id: MessageId, news: Status, failure: Option<Failure>) -> Result<()> {
    let Some(moved) = moved(tx, id, news, failure).await? else {
        return Ok(());
    };
    status_moved(tx, &store(tx, moved).await?).await
}

async fn status_moved(tx: &Transaction, message: &message::Model) -> Result<()> {
    if let Some(status) = &message.status {
        let about = About::Message(MessageId::new(message.id));
        tx.did(about, Deed::Status(stored(status)?));
    }
    message_changed(tx, message).await
}

async fn moved(
    tx: &Transaction,
    id: MessageId,
    news: Status,
    failure: Option<Failure>,
) -> Result<Option<message::Model>> {
    match locked(tx, id).await? {
        Some(found) => advance(&found, None, news, failure),
        None => Ok(None),
    }
}

/// Locks messages until the transaction ends, in the order of their ids. This comes before their outbox rows are
/// touched, as when their statuses are applied: nobody waits for another in a circle.
pub(crate) async fn lock(tx: &Transaction, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
    for ids in in_order(ids).chunks(1000) {
        message::Entity::find()
            .select_only()
            .column(message::Column::Id)
            .filter(message::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(message::Column::Id)
            .lock_exclusive()
            .into_tuple::<Uuid>()
            .all(tx)
            .await?;
    }
    Ok(())
}

async fn locked(tx: &Transaction, id: MessageId) -> Result<Option<message::Model>> {
    let found = message::Entity::find_by_id(id.uuid()).lock_exclusive();
    Ok(found.one(tx).await?)
}

async fn store(tx: &Transaction, message: message::Model) -> Result<message::Model> {
    files_failed(tx, std::slice::from_ref(&message)).await?;
    let all = message.into_active_model().reset_all();
    Ok(message::Entity::update(all).exec(tx).await?)
}
