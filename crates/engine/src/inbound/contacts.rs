//! Customers. A contact is recognised by its identities: BSUIDs and `wa_id`s. Identities that Meta names together
//! belong to one contact, and contacts that turn out to share one become one. A username is never an identity, because
//! it may change hands.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids>

use crate::{
    entity::contact,
    inbound::{
        batch::Batch,
        identities::{change, identities},
    },
};
use domain::display_name;
use uuid::Uuid;
use whatsapp::webhook::InboundMessage;

/// Finds the contact of a message's sender, or makes one; `None` when Meta names nobody at all. `at` is Meta's time of
/// the message, in milliseconds.
pub(crate) fn resolve(batch: &mut Batch, inbound: &InboundMessage, at: i64) -> Option<Uuid> {
    let identities = identities(inbound);
    if identities.is_empty() {
        return None;
    }
    let mut known: Vec<Uuid> = identities.iter().filter_map(|id| batch.identity(id)).collect();
    known.sort_unstable();
    known.dedup();
    // The oldest contact stays.
    let contact = match known.split_first() {
        None => insert(batch),
        Some((&kept, others)) => {
            for &gone in others {
                merge(batch, kept, gone);
            }
            kept
        }
    };
    for identity in identities {
        batch.add_identity(identity, contact);
    }
    learn(batch, contact, inbound, at);
    Some(contact)
}

fn insert(batch: &mut Batch) -> Uuid {
    let id = batch.clock.new_id();
    let new = contact::Model {
        id,
        name: None,
        alias: None,
        username: None,
        wa_id: None,
        bsuid: None,
        created_at: batch.now,
        profile_at: None,
        words_at: None,
        merged_into: None,
        erased_at: None,
        // Until it has a session.
        alone_since: Some(batch.now),
    };
    batch.contacts.add(id, new);
    id
}

/// Stores what the sender says of itself now; what it leaves out stays as it was, and so does what is newer.
fn learn(batch: &mut Batch, id: Uuid, inbound: &InboundMessage, at: i64) {
    let sender = &inbound.sender;
    let new_number = change(inbound).and_then(|change| change.wa_id.as_ref());
    let new_bsuid = change(inbound).and_then(|change| change.bsuid.as_ref());
    let Some(before) = batch.contacts.get(id) else {
        return;
    };
    let is_known = before.profile_at.is_some();
    let told = contact::Model {
        name: sender
            .name
            .clone()
            .filter(|name| display_name::shown(name).is_some()),
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
    // A newer time alone is not worth a write.
    if same_but_for_time != *before
        && let Some(row) = batch.contacts.change(id)
    {
        *row = now;
        if is_known {
            batch.contact_changed(id);
        }
    }
}

/// The newer contact, completed by the older one.
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

fn merge(batch: &mut Batch, kept: Uuid, gone: Uuid) {
    if let (Some(one), Some(other)) = (batch.contacts.get(kept), batch.contacts.get(gone)) {
        let (id, created_at) = (one.id, one.created_at);
        let joined = join(one.clone(), other.clone());
        if let Some(row) = batch.contacts.change(kept) {
            *row = contact::Model {
                id,
                created_at,
                ..joined
            };
        }
    }
    batch.merge(kept, gone);
}
