//! `POST /{phone number id}/media`: a file of the business, streamed to the disk.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{ConnectInfo, FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::auth::Token;
use super::edge::{instead, page, pause};
use super::error::GraphError;
use crate::faults::MediaFault;
use crate::kinds::{FileKind, UPLOADABLE, essence};
use crate::shared::Shared;
use crate::store::{NewFile, StoredFile};
use crate::wire::Scissors;

/// The type of a part that has none.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The parts of an upload.
#[derive(Debug, Default)]
struct Form {
    messaging_product: String,
    mime_type: Option<String>,
    /// The file with its part's own type.
    file: Option<(String, StoredFile)>,
}

pub(crate) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path((_, id)): Path<(String, String)>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    token: Token,
    request: Request,
) -> Result<Response, GraphError> {
    token.sender(&shared.world(), "post", &id)?;
    if !request.headers().contains_key(CONTENT_LENGTH) {
        return Ok(page(411, "<html><title>Length Required</title></html>"));
    }
    let parts = Multipart::from_request(request, &()).await;
    let parts = parts.map_err(|error| GraphError::parameter(error.body_text()))?;
    let (mime_type, mut file) = check(read(parts).await?)?;
    let fault = shared.change(|world| world.media_upload_faults.pop_front());
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
    let id = shared.keep_upload(&id, &mime_type, file);
    Ok(Json(json!({ "id": id })).into_response())
}

async fn read(mut parts: Multipart) -> Result<Form, GraphError> {
    let mut form = Form::default();
    while let Some(mut part) = parts.next_field().await.map_err(unreadable)? {
        match part.name() {
            // Without a file name a part is a parameter and no file.
            Some("file") if part.file_name().is_some() => {
                let own_type = part.content_type().unwrap_or(UNKNOWN_TYPE).to_owned();
                form.file = Some((own_type, store(&mut part).await?));
            }
            Some("messaging_product") => form.messaging_product = part.text().await.map_err(unreadable)?,
            Some("type") => form.mime_type = Some(part.text().await.map_err(unreadable)?),
            _ => {}
        }
    }
    Ok(form)
}

async fn store(part: &mut Field<'_>) -> Result<StoredFile, GraphError> {
    let broken = |error| GraphError::coded(131000, 500).with_details(format!("{error}"));
    let mut file = NewFile::create().map_err(broken)?;
    while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
        file.write(&bytes).await.map_err(broken)?;
    }
    file.finish().await.map_err(broken)
}

fn unreadable(error: MultipartError) -> GraphError {
    GraphError::parameter(error.body_text())
}

/// The type and the file, if Meta accepts them.
fn check(form: Form) -> Result<(String, StoredFile), GraphError> {
    if form.messaging_product != "whatsapp" {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    let (own_type, file) = form
        .file
        .ok_or_else(|| GraphError::parameter("The parameter file is required."))?;
    let declared = form.mime_type.unwrap_or_else(|| own_type.clone());
    let same = essence(&declared).eq_ignore_ascii_case(essence(&own_type));
    if !same || !UPLOADABLE.contains(&essence(&own_type)) {
        return Err(GraphError::parameter(format_args!(
            "Param file must be a file with one of the following types: {}. Received file of type '{own_type}'.",
            UPLOADABLE.join(", ")
        )));
    }
    let limit = FileKind::of_type(&own_type).limit(file.animated);
    if file.size > limit {
        let details = format!("The file has {} bytes; at most {limit} are supported.", file.size);
        return Err(GraphError::parameter("Invalid parameter").with_details(details));
    }
    Ok((declared, file))
}
