//! Delivery statuses: kept whole, because Meta says why a message failed only once, and applied so that a tick never
//! goes back.

use crate::{
    Error,
    entity::{channel, message, message_status},
    events::Deed,
    inbound::{batch::Batch, reject::Dead},
    sessions::status::{advance, closes_the_window, lacks_payment},
};
use domain::{
    cost::{country_of_bsuid, country_of_number},
    countries::Country,
    dead_letter::DeadReason,
    ids::MessageId,
    message::{Direction, Failure, Status},
    time::Timestamp,
};
use uuid::Uuid;
use whatsapp::webhook::{GraphErrorObject, StatusUpdate};

/// Milliseconds. The time of the last status is shown to the minute, so not every status has to write it.
const STATUS_NOTED_EVERY: i64 = 10_000;

/// Notes a status and moves the message's tick. An unknown message may be another application's, or one whose
/// acceptance is not recorded yet: the status waits for it.
pub(crate) fn apply(
    batch: &mut Batch,
    channel: &channel::Model,
    update: &StatusUpdate,
    received_at: i64,
    raw: &str,
) -> Result<(), Dead> {
    let phone_number_id = channel.phone_number_id.clone().unwrap_or_default();
    let failure = update.errors.first().map(failure_of);
    let at = Timestamp::told(update.timestamp, Timestamp::from_millis(received_at)).millis();
    // What is written on the phone is free, and Meta tells no price for it.
    let phone = batch
        .message(&phone_number_id, update.wamid.as_str())
        .is_some_and(|message| message.phone);
    let counts = update.pricing.is_some() || !phone;
    let pricing = update.pricing.clone().unwrap_or_default();
    let found = find_message(batch, &phone_number_id, update);
    let row = message_status::Model {
        phone_number_id: phone_number_id.clone(),
        wamid: update.wamid.as_str().to_owned(),
        status: update.status.as_str().to_owned(),
        participant: update.participant.clone().unwrap_or_default(),
        at,
        failure_code: failure.as_ref().and_then(|failure| failure.code),
        failure_title: failure.as_ref().map(|failure| failure.title.clone()),
        failure_details: failure.as_ref().and_then(|failure| failure.details.clone()),
        payload: raw.to_owned(),
        country: counts.then(|| country_of(update).map_or_else(String::new, |country| country.to_string())),
        billable: pricing.billable,
        pricing_model: pricing.model,
        pricing_type: pricing.kind,
        pricing_category: pricing.category,
        stray_since: found.is_none().then_some(batch.now),
    };
    batch.costs.note(channel.id, &row);
    batch.written().status(row);
    let now = batch.now;
    let noted_long_ago = channel
        .last_status_at
        .is_none_or(|last| now - last >= STATUS_NOTED_EVERY);
    if let Some(heard) = batch.heard(&phone_number_id).filter(|_| noted_long_ago) {
        heard.status_at = Some(now);
    }
    let paid = pricing_tells_payment(update);
    let refused = failure.as_ref().is_some_and(lacks_payment);
    if (refused || paid && channel.payment_refused_at.is_some())
        && let Some(heard) = batch.heard(&phone_number_id)
    {
        heard.payment_refused_at = Some(refused.then_some(at));
    }
    let Some(id) = found else { return Ok(()) };
    // A word that this version does not know still proves that Meta has the message.
    let news = update.status.as_str().parse().unwrap_or(Status::Sent);
    // Meta has the message, so nothing is left to be sent.
    batch.written().sent(id);
    // An id belongs to one message, even when Meta gives it to two.
    let wamid = update.wamid.as_str();
    let holder = batch.message(&phone_number_id, wamid);
    let free = holder.is_none_or(|holder| holder.id == id);
    let moved = match batch.messages.get(id) {
        Some(message) => advance(message, free.then_some(wamid), news, failure).map_err(unreadable)?,
        None => None,
    };
    let Some(moved) = moved else { return Ok(()) };
    if free {
        batch.name_message(&phone_number_id, wamid, id);
    }
    let session = moved.session_id;
    if closes_the_window(&moved)
        && let Some(session) = batch.sessions.change(session)
    {
        session.window_closed_at = session.window_closed_at.max(Some(at));
    }
    keep(batch, id, moved);
    batch.announce_message(session, id, false);
    Ok(())
}

/// Whether Meta has delivered a message that is paid for.
fn pricing_tells_payment(update: &StatusUpdate) -> bool {
    let billable = update.pricing.as_ref().and_then(|pricing| pricing.billable);
    billable == Some(true) && update.errors.is_empty()
}

/// The customer's country, by which Meta charges.
fn country_of(update: &StatusUpdate) -> Option<Country> {
    let number = update.recipient_wa_id.as_ref();
    let by_number = number.and_then(|wa_id| country_of_number(wa_id.as_str()));
    let bsuid = update.recipient_bsuid.as_ref();
    by_number.or_else(|| country_of_bsuid(bsuid?.as_str()))
}

/// The stored status of the message cannot be read.
fn unreadable(error: Error) -> Dead {
    (DeadReason::Failed, Some(error.to_string()))
}

/// Finds the message by its own id, which Meta hands back, or by Meta's.
fn find_message(batch: &Batch, phone_number_id: &str, update: &StatusUpdate) -> Option<Uuid> {
    let is_ours = |message: &&message::Model| {
        message.direction == Direction::Outbound.as_str() && message.phone_number_id == phone_number_id
    };
    let by_our_id = || {
        let id = update.callback_data.as_deref()?.parse::<MessageId>().ok()?;
        batch.messages.get(id.uuid()).filter(is_ours)
    };
    let by_wamid = || {
        batch
            .message(phone_number_id, update.wamid.as_str())
            .filter(is_ours)
    };
    by_our_id().or_else(by_wamid).map(|message| message.id)
}

/// Applies statuses that came before the echo of their message.
pub(crate) fn catch_up(batch: &mut Batch, id: Uuid, phone_number_id: &str, wamid: &str) -> Result<(), Dead> {
    for row in batch.quicker_statuses(phone_number_id, wamid) {
        let failure = row.failure();
        // Meta may have a word that this version does not know.
        if let (Ok(news), Some(message)) = (row.status.parse(), batch.messages.get(id))
            && let Some(moved) = advance(message, None, news, failure).map_err(unreadable)?
        {
            keep(batch, id, moved);
        }
    }
    Ok(())
}

fn keep(batch: &mut Batch, id: Uuid, moved: message::Model) {
    if let Some(Ok(status)) = moved.status.as_deref().map(str::parse) {
        batch.did(id, Deed::Status(status));
    }
    batch.messages.add(id, moved);
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
        trace: None,
    }
}
