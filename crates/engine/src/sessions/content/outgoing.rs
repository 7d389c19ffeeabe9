//! The JSON of an outbound message: beside its row, so that the thread, an attempt and a retry say the same.

use crate::{
    Error, Result,
    entity::{message, message_payload},
};
use domain::message::{Outgoing, content::Content};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::Value;
use std::fmt::Display;
use uuid::Uuid;

/// What an outbound message says. For a plain text, its row says it all.
pub(crate) async fn outgoing(db: &impl ConnectionTrait, row: &message::Model) -> Result<Outgoing> {
    match message_payload::Entity::find_by_id(row.id).one(db).await? {
        Some(found) => read(&found.payload),
        None if row.kind == "text" => Ok(Content::text_of(row.text.as_deref().unwrap_or_default()).into()),
        None => Err(corrupt(&"its content is gone")),
    }
}

pub(super) fn read(payload: &str) -> Result<Outgoing> {
    let message = serde_json::from_str(payload).map_err(|error| corrupt(&error))?;
    Outgoing::from_meta(message).map_err(|error| corrupt(&error))
}

/// The row that holds the message's JSON, unless the message's own row says it all.
pub(crate) fn row_of(message: Uuid, outgoing: &Outgoing) -> Result<Option<message_payload::Model>> {
    if outgoing.is_plain() {
        return Ok(None);
    }
    let json = outgoing.to_stored().map_err(|error| corrupt(&error))?;
    Ok(Some(message_payload::Model {
        message_id: message,
        payload: Value::Object(json).to_string(),
    }))
}

fn corrupt(error: &dyn Display) -> Error {
    Error::Corrupt(format!("a message to be sent: {error}"))
}
