//! Customers. A contact is found by its BSUID first and by its `wa_id` second; a username is never an identity,
//! because it may change hands.

use crate::{
    Clock, Result,
    database::storable,
    entity::{contact, contact_identity},
};
use domain::{ids::ContactId, phone::same_customer_key, session::ContactRef};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    sea_query::OnConflict,
};
use uuid::Uuid;
use whatsapp::{Bsuid, WaId, graph::Recipient, webhook::Sender};

const BSUID: &str = "bsuid";
const WA_ID: &str = "wa_id";

/// Finds the contact of a sender, or makes one; `None` when Meta names no sender at all.
pub(crate) async fn resolve(
    clock: &Clock,
    tx: &DatabaseTransaction,
    sender: &Sender,
) -> Result<Option<contact::Model>> {
    let mut keys = Vec::with_capacity(2);
    keys.extend(
        sender
            .bsuid
            .as_ref()
            .map(|bsuid| (BSUID, bsuid.as_str().to_owned())),
    );
    keys.extend(
        sender
            .wa_id
            .as_ref()
            .map(|wa_id| (WA_ID, same_customer_key(wa_id.as_str()))),
    );
    if keys.is_empty() {
        return Ok(None);
    }
    let mut known = None;
    for (kind, value) in &keys {
        if known.is_none() {
            known = contact_identity::Entity::find_by_id(((*kind).to_owned(), value.clone()))
                .one(tx)
                .await?;
        }
    }
    let contact = match known {
        Some(identity) => contact::Entity::find_by_id(identity.contact_id).one(tx).await?,
        None => None,
    };
    let contact = match contact {
        Some(contact) => learn(tx, contact, sender).await?,
        None => insert(clock, tx, sender).await?,
    };
    for (kind, value) in keys {
        let identity = contact_identity::Model {
            kind: kind.to_owned(),
            value,
            contact_id: contact.id,
        };
        let known = OnConflict::columns([contact_identity::Column::Kind, contact_identity::Column::Value])
            .do_nothing()
            .to_owned();
        contact_identity::Entity::insert(identity.into_active_model())
            .on_conflict(known)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(Some(contact))
}

async fn insert(clock: &Clock, tx: &DatabaseTransaction, sender: &Sender) -> Result<contact::Model> {
    let new = contact::Model {
        id: clock.new_id(),
        name: sender.name.clone().map(storable),
        username: sender.username.clone().map(storable),
        wa_id: sender.wa_id.as_ref().map(|id| id.as_str().to_owned()),
        bsuid: sender.bsuid.as_ref().map(|id| id.as_str().to_owned()),
        created_at: clock.now().millis(),
    };
    contact::Entity::insert(new.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(new)
}

/// Keeps what the sender says of itself now; what it leaves out stays as it was.
async fn learn(tx: &DatabaseTransaction, contact: contact::Model, sender: &Sender) -> Result<contact::Model> {
    let mut now = contact.clone();
    let newer = |new: Option<&str>, old: &mut Option<String>| {
        if let Some(new) = new {
            *old = Some(storable(new.to_owned()));
        }
    };
    newer(sender.name.as_deref(), &mut now.name);
    newer(sender.username.as_deref(), &mut now.username);
    newer(sender.wa_id.as_ref().map(WaId::as_str), &mut now.wa_id);
    newer(sender.bsuid.as_ref().map(Bsuid::as_str), &mut now.bsuid);
    if now == contact {
        return Ok(contact);
    }
    let mut change = contact.into_active_model();
    change.name = Set(now.name.clone());
    change.username = Set(now.username.clone());
    change.wa_id = Set(now.wa_id.clone());
    change.bsuid = Set(now.bsuid.clone());
    contact::Entity::update(change).exec(tx).await?;
    Ok(now)
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
    let username = contact
        .username
        .map(|name| format!("@{}", name.trim_start_matches('@')));
    let label = contact.name.filter(|name| !name.trim().is_empty());
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
