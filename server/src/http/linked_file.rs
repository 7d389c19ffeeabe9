//! A file of a message for WhatsApp, which fetches it from its link: directly, without a log-in, and without a redirect,
//! which WhatsApp does not follow. Nothing else is at these addresses.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use super::{attachment::attachment, content::content, state::Http};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::refusal::Refusal;
use engine::files::{self, Linked, PROBE, PROBE_TYPE};

pub async fn fetch(
    State(http): State<Http>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(token)) = path else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let answered = async {
        let file = match files::of_link(&http.engine, &token).await? {
            Linked::File(file) => file,
            Linked::Probe => return Ok(([(header::CONTENT_TYPE, PROBE_TYPE)], PROBE).into_response()),
        };
        let mut response = content(&file, &headers).await?;
        let told = HeaderValue::try_from(&file.type_for_meta);
        let name = file.view.filename.as_deref().unwrap_or("file");
        let headers = response.headers_mut();
        let unknown = HeaderValue::from_static("application/octet-stream");
        headers.insert(header::CONTENT_TYPE, told.unwrap_or(unknown));
        headers.insert(header::CONTENT_DISPOSITION, attachment(name, "file"));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        engine::Result::Ok(response)
    };
    match answered.await {
        Ok(response) => response,
        Err(engine::Error::Refused(Refusal::FileGone)) => StatusCode::GONE.into_response(),
        Err(engine::Error::Refused(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file cannot be served to WhatsApp");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
