//! One item of a delivery and its effects, within the caller's transaction. Applying an item again changes nothing.

use crate::{
    Engine, Result, channels, contacts,
    database::storable,
    dead_letters,
    entity::{channel, delivery, message, message_payload, session},
    events::Changes,
    metrics::ITEMS,
    sessions, statuses,
};
use domain::{
    delivery::DeadReason,
    event::Change,
    ids::{ChannelId, MessageId, SessionId},
    message::Direction,
    session::{Happening, Route, State, route},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;
use whatsapp::webhook::{InboundMessage, Item, ItemKind};

/// Applies an item, or keeps it as a dead letter with the reason.
pub(crate) async fn item(
    e: &Engine,
    tx: &DatabaseTransaction,
    delivery: &delivery::Model,
    position: usize,
    item: &Item,
) -> Result<Changes> {
    let outcome = match &item.kind {
        ItemKind::Malformed { reason } => Err((DeadReason::UnreadableItem, Some(reason.clone()))),
        // An error of the whole number, or a field that nobody asked for: the journal has it.
        ItemKind::Error(_) | ItemKind::Change { .. } => Ok(Changes::default()),
        ItemKind::Message(_) | ItemKind::Status(_) => match find_channel(tx, delivery, item).await? {
            Err(reason) => Err((reason, None)),
            Ok(channel) => match &item.kind {
                ItemKind::Message(inbound) => message(e, tx, delivery, &channel, inbound, &item.raw).await?,
                ItemKind::Status(update) => Ok(statuses::apply(e, tx, &channel, update, &item.raw).await?),
                _ => Ok(Changes::default()),
            },
        },
    };
    let label = match &outcome {
        Ok(_) => "applied",
        Err((reason, _)) => reason.as_str(),
    };
    metrics::counter!(ITEMS, "outcome" => label).increment(1);
    match outcome {
        Ok(changes) => Ok(changes),
        Err((reason, detail)) => {
            dead_letters::keep(
                e,
                tx,
                delivery,
                position,
                item.phone_number_id.as_deref(),
                &item.raw,
                reason,
                detail,
            )
            .await
        }
    }
}

/// The channel of the item's number, provided that its app secret is the one that signed: whoever knows the secret
/// of one Meta app must not be able to speak for the numbers of another.
async fn find_channel(
    tx: &DatabaseTransaction,
    delivery: &delivery::Model,
    item: &Item,
) -> Result<std::result::Result<channel::Model, DeadReason>> {
    let Some(number) = item.phone_number_id.as_deref() else {
        return Ok(Err(DeadReason::UnknownNumber));
    };
    let found = channel::Entity::find()
        .filter(channel::Column::PhoneNumberId.eq(number))
        .one(tx)
        .await?;
    let Some(found) = found else {
        return Ok(Err(DeadReason::UnknownNumber));
    };
    let signers = channels::signers(tx, ChannelId::new(found.id)).await?;
    let same = signers
        .iter()
        .any(|(_, secret)| secret.fingerprint == delivery.signed_by);
    Ok(if same {
        Ok(found)
    } else {
        Err(DeadReason::ForeignSecret)
    })
}

type Outcome = std::result::Result<Changes, (DeadReason, Option<String>)>;

async fn message(
    e: &Engine,
    tx: &DatabaseTransaction,
    delivery: &delivery::Model,
    channel: &channel::Model,
    inbound: &InboundMessage,
    raw: &str,
) -> Result<Outcome> {
    let phone_number_id = channel.phone_number_id.clone().unwrap_or_default();
    let known = message::Entity::find()
        .filter(message::Column::PhoneNumberId.eq(phone_number_id.as_str()))
        .filter(message::Column::Wamid.eq(inbound.wamid.as_str()))
        .one(tx)
        .await?;
    if known.is_some() {
        return Ok(Ok(Changes::default()));
    }
    let Some(contact) = contacts::resolve(e.clock(), tx, &inbound.sender).await? else {
        return Ok(Err((
            DeadReason::UnreadableItem,
            Some("the message names no sender".to_owned()),
        )));
    };
    // The time shown, and the service window, are Meta's.
    let at = inbound.timestamp.map_or(delivery.received_at, |seconds| {
        Timestamp::from_seconds(seconds).millis()
    });
    let session = open_session(e, tx, channel, contact.id, at).await?;
    let row = message::Model {
        id: e.clock().new_id(),
        session_id: session.id,
        direction: Direction::Inbound.as_str().to_owned(),
        kind: inbound.content.kind().to_owned(),
        text: inbound.content.summary().map(storable),
        phone_number_id,
        wamid: Some(inbound.wamid.as_str().to_owned()),
        at,
        status: None,
        failure_code: None,
        failure_title: None,
        failure_details: None,
        author: None,
        retry_of: None,
        idempotency_key: None,
    };
    let id = row.id;
    message::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let payload = message_payload::Model {
        message_id: id,
        payload: raw.to_owned(),
    };
    message_payload::Entity::insert(payload.into_active_model())
        .exec_without_returning(tx)
        .await?;
    sessions::heard(tx, &session, id, at).await?;
    Ok(Ok(announce(tx, channel, &session, id, delivery).await?))
}

/// The one open session of the contact on the channel; a new one is routed.
async fn open_session(
    e: &Engine,
    tx: &DatabaseTransaction,
    channel: &channel::Model,
    contact: Uuid,
    at: i64,
) -> Result<session::Model> {
    let open = session::Entity::find()
        .filter(session::Column::ContactId.eq(contact))
        .filter(session::Column::ChannelId.eq(channel.id))
        .filter(session::Column::State.ne(State::Closed.as_str()))
        .lock_exclusive()
        .one(tx)
        .await?;
    if let Some(open) = open {
        return Ok(open);
    }
    let routed = route(channels::targets(tx, channel).await?);
    let (state, queue_id, extension_id, what) = match routed {
        Route::Owner(id) => (
            State::Assigned,
            None,
            Some(id.uuid()),
            Happening::RoutedToExtension,
        ),
        Route::Queue(id) => (State::Waiting, Some(id.uuid()), None, Happening::RoutedToQueue),
        Route::Nobody => (State::Waiting, None, None, Happening::RoutedToNobody),
    };
    let now = e.clock().now().millis();
    let new = session::Model {
        id: e.clock().new_id(),
        channel_id: channel.id,
        contact_id: contact,
        state: state.as_str().to_owned(),
        queue_id,
        extension_id,
        unread: 0,
        last_message_id: None,
        last_message_at: at,
        last_inbound_at: None,
        opened_at: now,
        closed_at: None,
    };
    session::Entity::insert(new.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    let who = sessions::name_of_route(tx, &new).await?;
    sessions::moment(e, tx, new.id, Happening::Opened, None).await?;
    sessions::moment(e, tx, new.id, what, who).await?;
    Ok(new)
}

async fn announce(
    tx: &DatabaseTransaction,
    channel: &channel::Model,
    session: &session::Model,
    message: Uuid,
    delivery: &delivery::Model,
) -> Result<Changes> {
    let mut changes = Changes::default();
    let first = channel.handshake_at.is_none() && channel.last_inbound_at.is_none();
    if channel
        .last_inbound_at
        .is_none_or(|last| last < delivery.received_at)
    {
        channel::Entity::update_many()
            .col_expr(channel::Column::LastInboundAt, Expr::value(delivery.received_at))
            .filter(channel::Column::Id.eq(channel.id))
            .exec(tx)
            .await?;
    }
    if first {
        changes.append(Changes::of(Change::Channel {
            channel: ChannelId::new(channel.id),
        }));
    }
    let audience = sessions::audience(tx, session).await?;
    let change = Change::Message {
        session: SessionId::new(session.id),
        message: MessageId::new(message),
        inbound: true,
    };
    changes.add(change, audience);
    Ok(changes)
}
