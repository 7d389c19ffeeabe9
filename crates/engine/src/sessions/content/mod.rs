//! What Meta's JSON of a message says beside its text, for those who read a thread.

mod details;

use crate::{
    Engine, Result,
    entity::{message, message_payload},
    sessions::access,
};
use domain::{
    access::{Actor, Permission},
    ids::{MessageId, SessionId},
    message::{
        Direction, MessageView,
        content::{Answer, Card, ContentKind, Fact, FactKind, Forwarded, MessageContent, OrderLine},
    },
    name,
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use whatsapp::webhook::{Content, GraphErrorObject, InboundMessage, Interactive, SharedContact};

/// The JSON of a customer's message as Meta sent it.
pub async fn payload(engine: &Engine, actor: &Actor, id: MessageId) -> Result<String> {
    actor.require(Permission::MessageReadPayload)?;
    let found = message_payload::Entity::find_by_id(id.uuid())
        .one(engine.db.read())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?.payload)
}

/// A contact card of a message as a file: its name and its content. Whoever may see the session may have it.
pub async fn card(engine: &Engine, actor: &Actor, id: MessageId, nth: usize) -> Result<(String, String)> {
    let db = engine.db.read();
    let found = message::Entity::find_by_id(id.uuid()).one(db).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    access::find(db, actor, SessionId::new(found.session_id), false).await?;
    let payload = message_payload::Entity::find_by_id(id.uuid()).one(db).await?;
    let payload = payload.ok_or(Refusal::NotFound)?.payload;
    let content = whatsapp::webhook::message(&payload).map(|message| what(&message.content));
    let Some(ContentKind::Contacts(cards)) = content else {
        return Err(Refusal::NotFound.into());
    };
    let card = cards.into_iter().nth(nth).ok_or(Refusal::NotFound)?;
    Ok((domain::vcard::file_name(&card), domain::vcard::write(&card)))
}

/// Fills in what the customers' messages say, with one query.
pub(crate) async fn fill(
    db: &impl ConnectionTrait,
    actor: &Actor,
    messages: &mut [MessageView],
) -> Result<()> {
    let json = actor.may(Permission::MessageReadPayload);
    let theirs = messages.iter().filter(|message| {
        (message.direction == Direction::Inbound || message.phone) && message.about.is_none()
    });
    let found = message_payload::Entity::find()
        .filter(message_payload::Column::MessageId.is_in(theirs.map(|message| message.id.uuid())))
        .all(db)
        .await?;
    let payloads: HashMap<_, _> = found
        .into_iter()
        .map(|row| (row.message_id, row.payload))
        .collect();
    for message in messages {
        let Some(payload) = payloads.get(&message.id.uuid()) else {
            continue;
        };
        let read = whatsapp::webhook::message(payload);
        let content = read.map(|message| content(&message, payload)).unwrap_or_default();
        message.content = Some(MessageContent { json, ..content }).filter(|content| !content.is_nothing());
    }
    Ok(())
}

fn content(message: &InboundMessage, payload: &str) -> MessageContent {
    let context = message.context.as_ref();
    let forwarded = context.and_then(
        |context| match (context.frequently_forwarded, context.forwarded) {
            (true, _) => Some(Forwarded::Often),
            (false, true) => Some(Forwarded::Once),
            (false, false) => None,
        },
    );
    MessageContent {
        what: what(&message.content),
        details: details::of(&message.content, payload),
        answers: context.and_then(|context| Some(context.wamid.as_ref()?.as_str().to_owned())),
        quote: None,
        forwarded,
        advert: message.referral.as_ref().map(details::advert),
        trouble: message.errors.iter().find_map(GraphErrorObject::reason),
        json: false,
    }
}

fn what(content: &Content) -> ContentKind {
    match content {
        Content::Edit { content, .. } => what(content),
        Content::Media { voice, filename, .. } => ContentKind::Media {
            voice: *voice,
            file_name: filename.as_deref().and_then(name::shown),
        },
        Content::Location {
            latitude,
            longitude,
            name,
            address,
            url,
        } => {
            let coordinates = latitude.zip(*longitude);
            ContentKind::Place {
                coordinates: coordinates.map(|(latitude, longitude)| format!("{latitude}, {longitude}")),
                name: name.clone(),
                address: address.clone(),
                url: url.clone(),
            }
        }
        Content::Contacts(contacts) => ContentKind::Contacts(contacts.iter().map(shared).collect()),
        Content::Interactive(Interactive::NfmReply { response_json, .. }) => {
            ContentKind::Flow(answers(response_json.as_deref().unwrap_or_default()))
        }
        Content::Order { items, .. } => {
            let line = |item: &whatsapp::webhook::OrderItem| OrderLine {
                product: item
                    .retailer_id
                    .as_deref()
                    .and_then(name::shown)
                    .unwrap_or_default(),
                quantity: item.quantity.as_deref().map(short_number),
                price: item.item_price.as_ref().map(|price| match &item.currency {
                    Some(currency) => format!("{price} {currency}"),
                    None => price.clone(),
                }),
            };
            ContentKind::Order(items.iter().map(line).collect())
        }
        Content::Unsupported { kind } => ContentKind::Unsupported { kind: kind.clone() },
        Content::Unknown { .. } => ContentKind::Unknown,
        _ => ContentKind::Text,
    }
}

/// `2.50` is 2.5, and `2.0` is 2.
fn short_number(number: &str) -> String {
    let short = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    short.to_owned()
}

/// The answers of a form; what cannot be read as one is shown as it came.
fn answers(json: &str) -> Vec<Answer> {
    let answers = match whatsapp::webhook::fields(json) {
        Some(fields) => fields
            .into_iter()
            .map(|field| details::answer(field, ""))
            .collect(),
        None => vec![Answer {
            field: String::new(),
            value: json.to_owned(),
        }],
    };
    let says = |answer: &Answer| !(answer.field.is_empty() && answer.value.trim().is_empty());
    answers.into_iter().filter(says).collect()
}

fn shared(contact: &SharedContact) -> Card {
    let mut facts = Vec::new();
    let mut fact = |what: FactKind, which: Option<&String>, value: Option<String>| {
        facts.extend(value.map(|value| Fact {
            what,
            which: which.cloned(),
            value,
        }));
    };
    for phone in &contact.phones {
        let number = phone.phone.clone();
        let number = number.or_else(|| phone.wa_id.as_ref().map(|id| format!("+{id}")));
        fact(FactKind::Phone, phone.kind.as_ref(), number);
    }
    for email in &contact.emails {
        fact(FactKind::Email, email.kind.as_ref(), Some(email.value.clone()));
    }
    fact(FactKind::Organisation, None, contact.organisation.clone());
    fact(FactKind::Department, None, contact.department.clone());
    fact(FactKind::Title, None, contact.title.clone());
    for address in &contact.addresses {
        let place = [&address.zip, &address.city].map(|part| part.as_deref().unwrap_or_default());
        let place = Some(place.join(" ").trim().to_owned());
        let parts = [&address.street, &place, &address.state, &address.country];
        let parts: Vec<&str> = parts
            .into_iter()
            .filter_map(|part| part.as_deref())
            .filter(|part| !part.is_empty())
            .collect();
        let whole = Some(parts.join(", ")).filter(|whole| !whole.is_empty());
        fact(FactKind::Address, address.kind.as_ref(), whole);
    }
    for url in &contact.urls {
        fact(FactKind::Url, url.kind.as_ref(), Some(url.value.clone()));
    }
    fact(FactKind::Birthday, None, contact.birthday.clone());
    for field in &contact.other {
        let name = field.place.join(" › ");
        fact(FactKind::Other(name), None, Some(field.value.clone()));
    }
    let mut card = Card {
        name: contact.name.clone(),
        facts,
        vcard: contact.vcard.clone(),
    };
    domain::vcard::complete(&mut card);
    card.name = card.name.as_deref().and_then(name::shown);
    card
}
