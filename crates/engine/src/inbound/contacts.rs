//! Customers. A contact is whoever has one of its identities: a BSUID, or a `wa_id`. Identities that Meta names
//! together belong to one contact, and contacts that turn out to share one become one. A username is never an
//! identity, because it may change hands.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>

use crate::{
    Result,
    entity::contact,
    inbound::batch::{Identity, Ledger},
};
use domain::{ids::ContactId, name, phone::same_customer_key, session::ContactRef};
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;
use whatsapp::{
    Bsuid, WaId,
    graph::Recipient,
    webhook::{Content, InboundMessage, SystemChange},
};

const BSUID: &str = "bsuid";
const WA_ID: &str = "wa_id";
pub(crate) const KINDS: [&str; 2] = [BSUID, WA_ID];

/// Every identity that a message tells of its sender. After a change of number the old and the new ones are one
/// person's, so that whatever is still on its way from the old one meets the same contact.
pub(crate) fn identities(inbound: &InboundMessage) -> Vec<Identity> {
    let bsuid = |id: &Option<Bsuid>| id.as_ref().map(|id| (BSUID, id.as_str().to_owned()));
    let wa_id = |id: &Option<WaId>| id.as_ref().map(|id| (WA_ID, same_customer_key(id.as_str())));
    let sender = [bsuid(&inbound.sender.bsuid), wa_id(&inbound.sender.wa_id)];
    let change = change(inbound).map(|change| {
        [
            bsuid(&change.previous_bsuid),
            bsuid(&change.bsuid),
            wa_id(&change.wa_id),
        ]
    });
    let all = sender.into_iter().chain(change.into_iter().flatten());
    all.flatten().collect()
}

/// A system message that names a new identity of its sender.
fn change(inbound: &InboundMessage) -> Option<&SystemChange> {
    match &inbound.content {
        Content::System(change) => Some(change),
        _ => None,
    }
}

/// Finds the contact of a message's sender, or makes one; `None` when Meta names nobody at all. `at` is Meta's time of
/// the message, in milliseconds.
pub(crate) fn resolve(ledger: &mut Ledger, inbound: &InboundMessage, at: i64) -> Option<Uuid> {
    let identities = identities(inbound);
    if identities.is_empty() {
        return None;
    }
    let mut known: Vec<Uuid> = identities.iter().filter_map(|id| ledger.identity(id)).collect();
    known.sort_unstable();
    known.dedup();
    // The one that was there first stays.
    let contact = match known.split_first() {
        None => insert(ledger),
        Some((&kept, others)) => {
            for &gone in others {
                merge(ledger, kept, gone);
            }
            kept
        }
    };
    for identity in identities {
        ledger.add_identity(identity, contact);
    }
    learn(ledger, contact, inbound, at);
    Some(contact)
}

fn insert(ledger: &mut Ledger) -> Uuid {
    let id = ledger.clock.new_id();
    let new = contact::Model {
        id,
        name: None,
        username: None,
        wa_id: None,
        bsuid: None,
        created_at: ledger.now,
        profile_at: None,
        words_at: None,
    };
    ledger.contacts.add(id, new);
    id
}

/// Keeps what the sender says of itself now; what it leaves out stays as it was, and so does what is newer.
fn learn(ledger: &mut Ledger, id: Uuid, inbound: &InboundMessage, at: i64) {
    let sender = &inbound.sender;
    let new_number = change(inbound).and_then(|change| change.wa_id.as_ref());
    let new_bsuid = change(inbound).and_then(|change| change.bsuid.as_ref());
    let Some(before) = ledger.contacts.get(id) else {
        return;
    };
    let told = contact::Model {
        name: sender.name.clone().filter(|name| name::shown(name).is_some()),
        username: sender.username.clone(),
        wa_id: new_number
            .or(sender.wa_id.as_ref())
            .map(|id| id.as_str().to_owned()),
        bsuid: new_bsuid
            .or(sender.bsuid.as_ref())
            .map(|id| id.as_str().to_owned()),
        profile_at: Some(at),
        ..before.clone()
    };
    let now = join(before.clone(), told);
    let same_but_for_time = contact::Model {
        profile_at: before.profile_at,
        ..now.clone()
    };
    // When it was last told is worth a write only together with something else.
    if same_but_for_time != *before
        && let Some(row) = ledger.contacts.change(id)
    {
        *row = now;
    }
}

/// What is newer, completed by what is older.
fn join(one: contact::Model, other: contact::Model) -> contact::Model {
    let (older, newer) = if other.profile_at >= one.profile_at {
        (one, other)
    } else {
        (other, one)
    };
    contact::Model {
        name: newer.name.or(older.name),
        username: newer.username.or(older.username),
        wa_id: newer.wa_id.or(older.wa_id),
        bsuid: newer.bsuid.or(older.bsuid),
        words_at: newer.words_at.or(older.words_at),
        ..newer
    }
}

fn merge(ledger: &mut Ledger, kept: Uuid, gone: Uuid) {
    if let (Some(one), Some(other)) = (ledger.contacts.get(kept), ledger.contacts.get(gone)) {
        let (id, created_at) = (one.id, one.created_at);
        let joined = join(one.clone(), other.clone());
        if let Some(row) = ledger.contacts.change(kept) {
            *row = contact::Model {
                id,
                created_at,
                ..joined
            };
        }
    }
    ledger.merge(kept, gone);
}

/// To whom an answer goes: the number that Meta gave, else the BSUID.
pub(crate) async fn recipient(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Recipient>> {
    let Some(contact) = contact::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let wa_id = contact
        .wa_id
        .as_deref()
        .and_then(|id| WaId::parse(id).ok())
        .map(Recipient::WaId);
    Ok(wa_id.or_else(|| {
        contact
            .bsuid
            .as_deref()
            .and_then(|id| Bsuid::parse(id).ok())
            .map(Recipient::Bsuid)
    }))
}

pub(crate) fn reference(contact: contact::Model) -> ContactRef {
    let number = contact.wa_id.map(|digits| format!("+{digits}"));
    let username = contact.username.as_deref().and_then(name::shown);
    let username = username.map(|name| format!("@{}", name.trim_start_matches('@')));
    let label = contact.name.as_deref().and_then(name::shown);
    let label = label
        .or_else(|| number.clone())
        .or_else(|| username.clone())
        .or(contact.bsuid);
    ContactRef {
        id: ContactId::new(contact.id),
        label: label.unwrap_or_default(),
        number,
        username,
    }
}
