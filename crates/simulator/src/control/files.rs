//! A customer sends a file: `PUT` with the file's bytes as the body and everything else in the query. A page of another
//! origin cannot make that request without a preflight request either.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::json;

use crate::kinds::FileKind;
use crate::shared::Shared;
use crate::store::{NewFile, StoredFile};
use crate::world::{CustomerFile, CustomerId};

#[derive(Debug, Deserialize)]
pub(super) struct Sends {
    customer: CustomerId,
    phone_number_id: String,
    kind: FileKind,
    caption: Option<String>,
    filename: Option<String>,
    #[serde(default)]
    voice: bool,
}

/// The content type is the file's own.
pub(super) async fn send(
    State(shared): State<Arc<Shared>>,
    Query(sends): Query<Sends>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mime_type = headers
        .get(CONTENT_TYPE)
        .and_then(|mime_type| mime_type.to_str().ok())
        .unwrap_or("application/octet-stream");
    let stored = match store(body).await {
        Ok(stored) => stored,
        Err(error) => {
            let error = json!({ "error": format!("{error:#}") });
            return (StatusCode::BAD_REQUEST, Json(error)).into_response();
        }
    };
    let file = CustomerFile {
        kind: sends.kind,
        mime_type: mime_type.to_owned(),
        caption: sends.caption,
        filename: sends.filename,
        voice: sends.voice,
    };
    match shared.customer_sends(sends.customer, &sends.phone_number_id, &file, stored) {
        Ok(wamid) => Json(json!({ "wamid": wamid })).into_response(),
        Err(unknown) => unknown.into_response(),
    }
}

async fn store(body: Body) -> anyhow::Result<StoredFile> {
    let mut file = NewFile::create()?;
    let mut body = body.into_data_stream();
    while let Some(bytes) = body.next().await {
        file.write(&bytes?).await?;
    }
    Ok(file.finish().await?)
}
