//! Downloads a contact card that a customer sent, for users who may read the message.

use super::{attachment::attachment, login_session, state::Http};
use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::access::Actor;
use tower_sessions::Session;

pub async fn download(
    State(http): State<Http>,
    session: Session,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let actor = match login_session::user(&http.engine, &session).await {
        Ok(me) => Actor::User(me),
        Err(status) => return status.into_response(),
    };
    let named = path
        .ok()
        .and_then(|Path((message, nth))| Some((message.parse().ok()?, nth.parse().ok()?)));
    let Some((message, nth)) = named else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match engine::sessions::content::card(&http.engine, &actor, message, nth).await {
        Ok((name, card)) => {
            let headers = [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/vcard; charset=utf-8"),
                ),
                (header::CONTENT_DISPOSITION, attachment(&name, "contact.vcf")),
            ];
            (headers, card).into_response()
        }
        Err(engine::Error::Refused(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a contact card cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
