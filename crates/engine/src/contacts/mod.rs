//! Contacts: the company's customers, as sessions show them, searches find them and answers reach them.

pub(crate) mod alias;
pub(crate) mod blocks;
pub(crate) mod merged;
pub(crate) mod search;

use crate::{
    Result,
    entity::{contact, session},
};
use domain::{display_name, ids::ContactId, refs::ContactRef};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use whatsapp::{Bsuid, WaId, graph::Recipient};

/// The recipient of an answer: the number that Meta gave, else the BSUID.
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

/// What shows who a contact is.
#[derive(Debug, Deserialize)]
pub(crate) struct Known {
    id: Uuid,
    name: Option<String>,
    /// The company's name of the main contact.
    alias: Option<String>,
    username: Option<String>,
    wa_id: Option<String>,
    bsuid: Option<String>,
}

impl From<contact::Model> for Known {
    fn from(row: contact::Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            alias: row.alias,
            username: row.username,
            wa_id: row.wa_id,
            bsuid: row.bsuid,
        }
    }
}

pub(crate) fn reference(contact: impl Into<Known>) -> ContactRef {
    let contact = contact.into();
    let number = contact.wa_id.map(|digits| format!("+{digits}"));
    let username = contact.username.as_deref().and_then(display_name::shown);
    let username = username.map(|name| format!("@{}", name.trim_start_matches('@')));
    let profile_name = contact.name.as_deref().and_then(display_name::shown);
    let label = contact.alias.clone();
    let label = label
        .or_else(|| profile_name.clone())
        .or_else(|| number.clone())
        .or_else(|| username.clone())
        .or(contact.bsuid);
    ContactRef {
        id: ContactId::new(contact.id),
        label: label.unwrap_or_default(),
        alias: contact.alias,
        profile_name,
        number,
        username,
    }
}

/// The contact of each of these sessions.
pub(crate) async fn of_sessions(
    db: &impl ConnectionTrait,
    sessions: HashSet<Uuid>,
) -> Result<HashMap<Uuid, contact::Model>> {
    let sessions = session::Entity::find().filter(session::Column::Id.is_in(sessions));
    let sessions = sessions.all(db).await?;
    let contacts = merged::known(db, sessions.iter().map(|row| row.contact_id)).await?;
    let of = sessions.into_iter();
    Ok(of
        .filter_map(|row| Some((row.id, contacts.get(&row.contact_id)?.clone())))
        .collect())
}
