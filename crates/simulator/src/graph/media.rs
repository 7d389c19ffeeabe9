//! `GET` and `DELETE /{media id}`: a file's address, size and hash.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::auth::Token;
use super::change::success;
use super::edge::{instead, pause};
use super::error::GraphError;
use super::params::Params;
use crate::faults::MediaFault;
use crate::shared::Shared;
use crate::wire::Scissors;
use crate::world::{MESSAGING, Media};

pub(crate) async fn info(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    token: Token,
    params: Params,
) -> Result<Response, GraphError> {
    let Media {
        mime_type, mut file, ..
    } = find(&shared, &token, "get", &id, &params)?;
    let fault = shared.change(|world| world.media_info_faults.pop_front());
    if let Some(answer) = fault.as_ref().and_then(instead) {
        return Ok(answer);
    }
    match fault {
        Some(MediaFault::WrongBytes) => file.sha256[0] ^= 1,
        Some(MediaFault::WrongSize) => file.size += 1,
        Some(MediaFault::Slow { ms }) => pause(&shared, Duration::from_millis(ms)).await,
        Some(MediaFault::Cut) => scissors.cut(),
        _ => {}
    }
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "url": shared.download_address(&id),
        "mime_type": mime_type,
        "sha256": hex::encode(file.sha256),
        "file_size": file.size,
        "id": id,
    }))
    .into_response())
}

pub(crate) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    token: Token,
    params: Params,
) -> Result<Json<Value>, GraphError> {
    find(&shared, &token, "delete", &id, &params)?;
    shared.change(|world| world.media.remove(&id));
    Ok(success())
}

/// A file that lives and that the token sees.
fn find(
    shared: &Shared,
    token: &Token,
    method: &str,
    id: &str,
    params: &Params,
) -> Result<Media, GraphError> {
    token.require(MESSAGING)?;
    let now = (shared.options.now)();
    let world = shared.world();
    let media = world
        .living_media(id, now, |waba| token.known.sees(waba))
        .ok_or_else(|| GraphError::no_object(method, id))?;
    match params.text("phone_number_id") {
        Some(number) if number != media.phone_number_id => Err(GraphError::parameter(
            "Param phone_number_id is not a valid whatsapp business phone number id ID",
        )),
        _ => Ok(media.clone()),
    }
}
