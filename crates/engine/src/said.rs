//! What Meta's JSON of a message says beside its text, for those who read a thread.

use crate::{Engine, Result, entity::message_payload};
use domain::{
    ids::MessageId,
    message::{Direction, MessageView},
    people::{Actor, Permission},
    refusal::Refusal,
    said::{Advert, Card, Forwarded, OrderLine, Said, What},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use whatsapp::webhook::{Content, InboundMessage};

/// The JSON of a customer's message as Meta sent it.
pub async fn payload(e: &Engine, actor: &Actor, id: MessageId) -> Result<String> {
    actor.require(Permission::Administer)?;
    let found = message_payload::Entity::find_by_id(id.uuid())
        .one(e.db.read())
        .await?;
    Ok(found.ok_or(Refusal::NotFound)?.payload)
}

/// Fills in what the customers' messages say, with one query.
pub(crate) async fn fill(
    db: &impl ConnectionTrait,
    actor: &Actor,
    messages: &mut [MessageView],
) -> Result<()> {
    let json = actor.may(Permission::Administer);
    let theirs = messages
        .iter()
        .filter(|message| message.direction == Direction::Inbound && message.about.is_none());
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
        let said = read.map(|message| said(&message)).unwrap_or_default();
        message.said = Some(Said { json, ..said }).filter(|said| !said.is_nothing());
    }
    Ok(())
}

fn said(message: &InboundMessage) -> Said {
    let context = message.context.as_ref();
    let forwarded = context.and_then(
        |context| match (context.frequently_forwarded, context.forwarded) {
            (true, _) => Some(Forwarded::Often),
            (false, true) => Some(Forwarded::Once),
            (false, false) => None,
        },
    );
    let text = |key: &str| {
        let text = message.referral.as_ref()?.get(key)?.as_str()?;
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    // What is no web address is no link: it could be a script.
    let is_web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    let advert = message.referral.as_ref().map(|_| Advert {
        headline: text("headline"),
        body: text("body"),
        link: text("source_url").filter(is_web),
    });
    Said {
        what: what(message),
        answers: context.and_then(|context| Some(context.wamid.as_ref()?.as_str().to_owned())),
        quote: None,
        forwarded,
        advert,
        json: false,
    }
}

fn what(message: &InboundMessage) -> What {
    match &message.content {
        Content::Media { voice, filename, .. } => What::Media {
            voice: *voice,
            file_name: filename.clone(),
        },
        Content::Location {
            latitude,
            longitude,
            name,
            address,
            ..
        } => What::Place {
            coordinates: format!("{latitude}, {longitude}"),
            name: name.clone(),
            address: address.clone(),
        },
        Content::Contacts(contacts) => {
            let card = |contact: &whatsapp::webhook::SharedContact| Card {
                name: contact.name.clone(),
                phones: contact
                    .phones
                    .iter()
                    .filter_map(|phone| phone.phone.clone())
                    .collect(),
            };
            What::Contacts(contacts.iter().map(card).collect())
        }
        Content::Order { items, .. } => {
            let line = |item: &whatsapp::webhook::OrderItem| OrderLine {
                product: item.retailer_id.clone().unwrap_or_default(),
                quantity: item.quantity.unwrap_or(1),
                price: item.item_price.as_ref().map(|price| match &item.currency {
                    Some(currency) => format!("{price} {currency}"),
                    None => price.clone(),
                }),
            };
            What::Order(items.iter().map(line).collect())
        }
        Content::Unsupported { kind } => {
            let error = message.errors.first();
            let reason = error.and_then(|error| error.details.clone().or(error.title.clone()));
            What::Unsupported {
                kind: kind.clone(),
                reason,
            }
        }
        Content::Unknown { .. } => What::Unknown,
        _ => What::Text,
    }
}
