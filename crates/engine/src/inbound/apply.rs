//! One item of a delivery and its effects, in memory. Applying an item again changes nothing.

use crate::{
    entity::{channel, message, session},
    events::Deed,
    inbound::{
        batch::Batch,
        contacts, files,
        journal::Delivery,
        reject::{Dead, keep},
        statuses,
    },
    metrics::ITEMS,
    receipts::waiting::Receipt,
    sessions::content::received,
};
use domain::{
    channel::ReadReceipts,
    dead_letter::DeadReason,
    event::Change,
    ids::ChannelId,
    message::{Direction, Status, is_by_whatsapp},
    session::{Route, SessionEventKind, State, route},
    time::Timestamp,
};
use std::sync::Arc;
use uuid::Uuid;
use whatsapp::webhook::{Content, Item, ItemKind, TemplateUpdate};

/// Applies an item, or keeps it as a dead letter with the reason.
pub(crate) fn item(batch: &mut Batch, delivery: &Delivery, position: usize, item: &Item) {
    let outcome = try_item(batch, delivery, item);
    let label = match &outcome {
        Ok(()) => "applied",
        Err((reason, _)) => reason.as_str(),
    };
    metrics::counter!(ITEMS, "outcome" => label).increment(1);
    if let Err(why) = outcome {
        let number = item.phone_number_id.as_deref();
        keep(batch, delivery, position, number, &item.raw, why);
    }
}

/// Applies an item.
///
/// # Errors
/// The reason and its detail when the item cannot be applied. Then nothing of it is applied, except what it tells of
/// its sender.
pub(crate) fn try_item(batch: &mut Batch, delivery: &Delivery, item: &Item) -> Result<(), Dead> {
    if is_metas_test(batch, item) {
        batch.metas_test(delivery);
        return Ok(());
    }
    match &item.kind {
        ItemKind::Malformed { reason } => Err((DeadReason::UnreadableItem, Some(reason.clone()))),
        ItemKind::Error(error) => Err((DeadReason::NotUsed, error.reason())),
        ItemKind::Template(update) => template(batch, delivery, item, update),
        ItemKind::Change { field } => Err((DeadReason::NotUsed, Some(field.clone()))),
        ItemKind::Message(_) | ItemKind::Echo(_) => {
            let channel = channel_of(batch, delivery, item)?;
            message(batch, &channel, &item.kind, &item.raw, delivery.received_at)
        }
        ItemKind::Status(update) => {
            let channel = channel_of(batch, delivery, item)?;
            statuses::apply(batch, &channel, update, delivery.received_at, &item.raw)
        }
    }
}

/// Whether the *Test* button of Meta's dashboard sent it: its samples belong to no account and to no channel's number.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint>
fn is_metas_test(batch: &Batch, item: &Item) -> bool {
    let number = item.phone_number_id.as_deref();
    let ours = number.is_some_and(|id| batch.number(id).is_some());
    let sample = item.waba_id.as_deref() == Some("0") || number == Some("123456123");
    sample && !ours
}

/// The channel of the item's number, provided that its app secret is the one that signed: whoever knows the secret
/// of one Meta app must not be able to speak for the numbers of another.
fn channel_of(batch: &Batch, delivery: &Delivery, item: &Item) -> Result<Arc<channel::Model>, Dead> {
    let number = item.phone_number_id.as_deref();
    let number = number.and_then(|id| batch.number(id));
    let number = number.ok_or((DeadReason::UnknownNumber, None))?;
    if number.signers.contains(&delivery.signed_by) {
        Ok(number.channel.clone())
    } else {
        Err((DeadReason::ForeignSecret, None))
    }
}

/// Notes a change of a template, if the app secret of one of its account's channels has signed it.
fn template(
    batch: &mut Batch,
    delivery: &Delivery,
    item: &Item,
    update: &TemplateUpdate,
) -> Result<(), Dead> {
    let waba_id = item.waba_id.as_deref().unwrap_or_default();
    match batch.signers_of(waba_id) {
        [] => Err((
            DeadReason::NotUsed,
            Some(format!(
                "a template of the account {waba_id}, which no channel has"
            )),
        )),
        signers if signers.contains(&delivery.signed_by) => {
            batch.written().template(waba_id, update.clone());
            Ok(())
        }
        _ => Err((DeadReason::ForeignSecret, None)),
    }
}

/// Applies a customer's message, or one that the business wrote on its phone.
fn message(
    batch: &mut Batch,
    channel: &channel::Model,
    kind: &ItemKind,
    raw: &str,
    received_at: i64,
) -> Result<(), Dead> {
    let (inbound, from_phone) = match kind {
        ItemKind::Message(message) => (message, false),
        ItemKind::Echo(message) => (message, true),
        _ => return Ok(()),
    };
    let phone_number_id = channel.phone_number_id.clone().unwrap_or_default();
    if let Some(known) = batch.message(&phone_number_id, inbound.wamid.as_str()) {
        let (id, session) = (known.id, known.session_id);
        if matches!(inbound.content, Content::Call(call) if call.is_over) {
            batch.written().call_over(id, raw);
            batch.announce_message(session, id, false);
        }
        return Ok(());
    }
    if is_about_nothing(&inbound.content) {
        let why = format!("a {} that does not name its message", inbound.content.kind());
        return Err((DeadReason::UnreadableItem, Some(why)));
    }
    // The time shown, and the service window, follow Meta's time.
    let at = Timestamp::told(inbound.timestamp, Timestamp::from_millis(received_at)).millis();
    let Some(contact) = contacts::resolve(batch, inbound, at) else {
        let why = "the message names no customer".to_owned();
        return Err((DeadReason::UnreadableItem, Some(why)));
    };
    let by_customer = !from_phone && !is_by_whatsapp(inbound.content.kind());
    let group = inbound.group_id.clone();
    let about = inbound.content.about().map(str::to_owned);
    let of_target = about.as_deref();
    let of_target = of_target.and_then(|wamid| batch.message(&phone_number_id, wamid));
    let of_target = of_target.map(|target| target.session_id);
    // A reaction to the last message of a closed session does not open a new one.
    let session = match of_target {
        Some(session) => session,
        // A reaction or a deletion alone opens no session: without an open one it waits as a dead letter for its
        // message.
        None if only_about_another(&inbound.content) => batch
            .open_session(contact, channel.id, group.as_deref())
            .ok_or_else(|| (DeadReason::NoMessage, about.clone()))?,
        None if !by_customer => {
            let open = batch.open_session(contact, channel.id, group.as_deref());
            let known = open.or_else(|| batch.closed_session(contact, channel.id, group.as_deref()));
            // Nobody has to take a session in which no message waits for an answer: it is there to be read.
            known.unwrap_or_else(|| new_session(batch, channel, contact, group, at, true))
        }
        None => open_session(batch, channel, contact, group, at),
    };
    let id = batch.clock.new_id();
    let row = message::Model {
        id,
        session_id: session,
        first_session_id: None,
        direction: match from_phone {
            true => Direction::Outbound.as_str().to_owned(),
            false => Direction::Inbound.as_str().to_owned(),
        },
        kind: inbound.content.kind().to_owned(),
        text: received(&inbound.content).words(),
        phone_number_id: phone_number_id.clone(),
        wamid: Some(inbound.wamid.as_str().to_owned()),
        at,
        status: from_phone.then(|| Status::Sent.as_str().to_owned()),
        failure_code: None,
        failure_title: None,
        failure_details: None,
        failure_trace: None,
        author: None,
        by_token: false,
        retry_of: None,
        idempotency_key: None,
        target_wamid: about,
        phone: from_phone,
        file_id: None,
    };
    // An edit has the whole text, so it stands for its message until that comes.
    let stands_alone = of_target.is_none() && matches!(inbound.content, Content::Edit { .. });
    let seen = inbound.content.about().is_none()
        && batch.edited_before(&phone_number_id, inbound.wamid.as_str(), session, from_phone);
    if channel.read_receipts == ReadReceipts::Automatic.as_str()
        && by_customer
        && inbound.group_id.is_none()
        && row.target_wamid.is_none()
        && let Some(receipt) = Receipt::of(channel.id, &row, batch.clock.now())
    {
        batch.written().receipt(session, receipt);
    }
    batch.add_message(row, raw);
    // An edit repeats the file of its message.
    if (stands_alone || inbound.content.about().is_none())
        && let Some(file) = files::coming(channel.id, id, &inbound.content, received_at)
    {
        batch.written().file(file);
    }
    if from_phone {
        batch.did(id, Deed::Sent);
        // Also when an early status cannot be read.
        batch.announce_message(session, id, false);
        statuses::catch_up(batch, id, &phone_number_id, inbound.wamid.as_str())?;
    }
    if stands_alone {
        batch.edit_stands_alone(id);
    }
    // A reaction to a message of an earlier session opens the window of the one that is open now.
    if by_customer
        && let Some(id) = batch.open_session(contact, channel.id, inbound.group_id.as_deref())
        && id != session
        && let Some(open) = batch.sessions.change(id)
    {
        open.last_inbound_at = open.last_inbound_at.max(Some(at));
        batch.session_changed(id);
    }
    let mut wakes = false;
    if let Some(session) = batch.sessions.change(session) {
        if by_customer {
            session.last_inbound_at = session.last_inbound_at.max(Some(at));
            wakes = session.snoozed_until.take().is_some();
        }
        if stands_alone || speaks(&inbound.content) {
            session.unread += i64::from(by_customer && !seen);
            if by_customer {
                session.waiting_since = session.waiting_since.min(at);
            } else if from_phone && Some(at) >= session.last_inbound_at {
                session.waiting_since = session::ANSWERED;
            }
            if session.last_message_id.is_none() || at >= session.last_message_at {
                session.last_message_at = at;
                session.last_message_id = Some(id);
            }
        }
    }
    if wakes {
        batch.session_event(session, SessionEventKind::Woken, None);
    }
    if !from_phone {
        touch(batch, channel, &phone_number_id, received_at);
    }
    batch.announce_message(session, id, by_customer);
    for letter in batch.waiting_for(&phone_number_id, inbound.wamid.as_str()) {
        if let Some(early) = whatsapp::webhook::message_item(&letter.raw)
            && message(batch, channel, &early, &letter.raw, letter.at).is_ok()
        {
            batch.letter_done(letter.id);
        }
    }
    Ok(())
}

/// Whether it says nothing without the message that it is about. An edit has the whole text.
fn only_about_another(content: &Content) -> bool {
    matches!(content, Content::Reaction { .. } | Content::Revoke { .. })
}

/// Whether it should be about another message but does not name it: it cannot be shown anywhere.
fn is_about_nothing(content: &Content) -> bool {
    matches!(content, Content::Unknown { kind } if matches!(kind.as_str(), "reaction" | "revoke"))
}

/// Whether it is a message of its own, which somebody has to read; what changes another one is shown with that one.
fn speaks(content: &Content) -> bool {
    content.about().is_none()
}

/// The one open session of the contact on the channel, in the group or in private; a new one is routed.
fn open_session(
    batch: &mut Batch,
    channel: &channel::Model,
    contact: Uuid,
    group: Option<String>,
    at: i64,
) -> Uuid {
    if let Some(open) = batch.open_session(contact, channel.id, group.as_deref()) {
        return open;
    }
    new_session(batch, channel, contact, group, at, false)
}

fn new_session(
    batch: &mut Batch,
    channel: &channel::Model,
    contact: Uuid,
    group: Option<String>,
    at: i64,
    closed: bool,
) -> Uuid {
    let (state, queue_id, extension_id, what) = match route(batch.targets(channel)) {
        Route::Owner(id) => (
            State::Assigned,
            None,
            Some(id.uuid()),
            SessionEventKind::RoutedToExtension,
        ),
        Route::Queue(id) => (
            State::Waiting,
            Some(id.uuid()),
            None,
            SessionEventKind::RoutedToQueue,
        ),
        Route::Nobody => (State::Waiting, None, None, SessionEventKind::RoutedToNobody),
    };
    let id = batch.clock.new_id();
    let who = batch.name_of(extension_id.or(queue_id));
    batch.add_session(session::Model {
        id,
        channel_id: channel.id,
        contact_id: contact,
        state: if closed { State::Closed } else { state }.as_str().to_owned(),
        queue_id,
        extension_id,
        unread: 0,
        last_message_id: None,
        last_message_at: at,
        last_inbound_at: None,
        opened_at: batch.now,
        closed_at: closed.then_some(batch.now),
        group_id: group,
        read_at: None,
        read_id: None,
        waiting_since: session::ANSWERED,
        window_closed_at: None,
        snoozed_until: None,
        reminded_of: None,
    });
    batch.session_event(id, SessionEventKind::Opened, None);
    match closed {
        true => batch.session_event(id, SessionEventKind::Closed, None),
        false => batch.session_event(id, what, who),
    }
    id
}

/// Notes when the channel last heard from Meta; the first time changes its badge.
fn touch(batch: &mut Batch, channel: &channel::Model, phone_number_id: &str, received_at: i64) {
    let Some(heard) = batch.heard(phone_number_id) else {
        return;
    };
    let first =
        channel.handshake_at.is_none() && channel.last_inbound_at.is_none() && heard.inbound_at.is_none();
    heard.inbound_at = heard
        .inbound_at
        .max(channel.last_inbound_at)
        .max(Some(received_at));
    if first {
        batch.tell(Change::Channel {
            channel: ChannelId::new(channel.id),
        });
    }
}
