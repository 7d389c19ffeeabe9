//! What a message says besides its text: from its JSON, for those who read a thread.

mod details;
mod outgoing;
mod received;

pub(crate) use outgoing::{outgoing, row_of};
pub(crate) use received::received;

use crate::{
    Engine, Result,
    entity::{file, file_attempt, message, message_payload},
    sessions::access,
};
use domain::{
    access::{Actor, Permission},
    display_name,
    file::FileView,
    ids::{FileId, MessageId, SessionId},
    message::{
        BubbleContent, Direction, Forwarded, MessageView, Outgoing,
        content::{Contact, Content},
    },
    refusal::Refusal,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashMap;
use uuid::Uuid;
use whatsapp::webhook::{GraphErrorObject, InboundMessage};

/// The JSON of a message as Meta sent it, or as it is sent to Meta. An outbound plain text has none.
pub async fn payload(engine: &Engine, actor: &Actor, id: MessageId) -> Result<String> {
    actor.require(Permission::MessageReadPayload)?;
    let payload = payload_of(engine.db.read(), id.uuid()).await?;
    Ok(payload.ok_or(Refusal::NotFound)?)
}

/// A contact card of a message as a file: its name and its content. Whoever may see the session may have it.
pub async fn card(engine: &Engine, actor: &Actor, id: MessageId, nth: usize) -> Result<(String, String)> {
    let db = engine.db.read();
    let found = message::Entity::find_by_id(id.uuid()).one(db).await?;
    let found = found.ok_or(Refusal::NotFound)?;
    access::find(db, actor, SessionId::new(found.session_id), false).await?;
    let payload = payload_of(db, id.uuid()).await?.ok_or(Refusal::NotFound)?;
    let sent = is_sent(&found.direction, found.phone);
    let what = bubble(sent, &payload).and_then(|bubble| bubble.what);
    let Some(Content::Contacts(cards)) = what else {
        return Err(Refusal::NotFound.into());
    };
    let card = cards.into_iter().nth(nth).ok_or(Refusal::NotFound)?;
    Ok((domain::vcard::file_name(&card), domain::vcard::write(&card)))
}

async fn payload_of(db: &impl ConnectionTrait, message: Uuid) -> Result<Option<String>> {
    let found = message_payload::Entity::find_by_id(message).one(db).await?;
    Ok(found.map(|row| row.payload))
}

/// Fills in what the messages say, with one query.
pub(crate) async fn fill(db: &impl ConnectionTrait, messages: &mut [MessageView]) -> Result<()> {
    let whole = messages.iter().filter(|message| message.about.is_none());
    let found = message_payload::Entity::find()
        .filter(message_payload::Column::MessageId.is_in(whole.map(|message| message.id.uuid())))
        .all(db)
        .await?;
    let payloads: HashMap<_, _> = found
        .into_iter()
        .map(|row| (row.message_id, row.payload))
        .collect();
    let mut files = HashMap::new();
    for message in messages.iter_mut() {
        let Some(payload) = payloads.get(&message.id.uuid()) else {
            continue;
        };
        let sent = is_sent(message.direction.as_str(), message.phone);
        let content = bubble(sent, payload).unwrap_or_default();
        if let Some(media) = content.what.as_ref().and_then(Content::media) {
            // A received file has the id of its message.
            let received = (!sent).then_some(message.id.uuid());
            files.extend(Some(message.id).zip(media.file.map(FileId::uuid).or(received)));
        }
        message.content = Some(content).filter(|content| !content.is_nothing());
    }
    if files.is_empty() {
        return Ok(());
    }
    let found = file::Entity::find().filter(file::Column::Id.is_in(files.values().copied()));
    let found: HashMap<_, _> = found
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let sent = messages
        .iter()
        .filter(|message| message.direction == Direction::Outbound);
    let attempts = file_attempt::Entity::find()
        .filter(file_attempt::Column::MessageId.is_in(sent.map(|message| message.id.uuid())))
        .all(db)
        .await?;
    let mut attempts: HashMap<_, _> = attempts.into_iter().map(|row| (row.message_id, row)).collect();
    for message in messages {
        if let Some(row) = files.get(&message.id).and_then(|file| found.get(file))
            && let Some(content) = &mut message.content
        {
            let attempt = attempts.remove(&message.id.uuid());
            content.file = Some(FileView {
                attempt: attempt.map(|attempt| attempt.view()).transpose()?,
                ..row.view()?
            });
        }
    }
    Ok(())
}

/// Whether Switchboard sent it, so that its JSON is Switchboard's own. What the business wrote on its phone came from
/// Meta.
fn is_sent(direction: &str, phone: bool) -> bool {
    direction == Direction::Outbound.as_str() && !phone
}

fn bubble(sent: bool, payload: &str) -> Option<BubbleContent> {
    match sent {
        true => outgoing::read(payload).ok().map(of_sent),
        false => whatsapp::webhook::message(payload).map(|message| of_received(&message, payload)),
    }
}

fn of_sent(outgoing: Outgoing) -> BubbleContent {
    BubbleContent {
        what: beside_its_words(outgoing.content),
        answers: outgoing.answers,
        ..BubbleContent::default()
    }
}

fn of_received(message: &InboundMessage, payload: &str) -> BubbleContent {
    let context = message.context.as_ref();
    let forwarded = context.and_then(
        |context| match (context.frequently_forwarded, context.forwarded) {
            (true, _) => Some(Forwarded::Often),
            (false, true) => Some(Forwarded::Once),
            (false, false) => None,
        },
    );
    BubbleContent {
        what: beside_its_words(received(&message.content)),
        file: None,
        details: details::of(&message.content, payload),
        answers: context.and_then(|context| Some(context.wamid.as_ref()?.as_str().to_owned())),
        quote: None,
        forwarded,
        advert: message.referral.as_ref().map(details::advert),
        trouble: message.errors.iter().find_map(GraphErrorObject::reason),
    }
}

/// The content, if it is more than text. An edit is shown as the content that it gives its message.
fn beside_its_words(content: Content) -> Option<Content> {
    let mut content = match content {
        Content::Edit(edit) => *edit.content,
        content => content,
    };
    if content.is_words() {
        return None;
    }
    if let Content::Contacts(contacts) = &mut content {
        contacts.iter_mut().for_each(completed);
    }
    if let Some(media) = content.media_mut() {
        media.filename = media.filename.as_deref().and_then(display_name::shown);
    }
    Some(content)
}

/// Completes a card from its file, and makes its name safe to show: a name must not reverse the text.
fn completed(card: &mut Contact) {
    domain::vcard::complete(card);
    card.name.formatted_name = card.name.whole().as_deref().and_then(display_name::shown);
}
