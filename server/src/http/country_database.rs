//! An administrator uploads the country database with a plain file form that needs no script. The response redirects to
//! the page, which shows the outcome.

use super::{body_limit, login_session, memory_budget::Taken, state::Http};
use app::api::guard::ClientAddress;
use axum::{
    Extension,
    body::Body,
    extract::{FromRequest as _, Multipart, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    access::{Actor, Permission},
    countries::Unfit,
    refusal::Refusal,
};
use engine::countries::{self, MAX_DATABASE};
use tower_sessions::Session;

/// Bytes that the multipart form adds around the file.
const WRAPPING: usize = 4096;

/// Reads the body only after it has checked that an administrator sends it.
pub async fn replace(
    State(http): State<Http>,
    session: Session,
    from: Option<Extension<ClientAddress>>,
    request: Request,
) -> Response {
    let actor = match login_session::user(&http.engine, &session).await {
        Ok(me) => Actor::User(me),
        Err(status) => return status.into_response(),
    };
    if actor.require(Permission::CountryChange).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (bytes, _taken) = match file_in(&http, request).await {
        Ok(file) => file,
        Err(why) => return back(why),
    };
    let from = from.map(|Extension(ClientAddress(address))| address);
    match countries::replace_database(&http.engine, &actor, from, bytes).await {
        Ok(_) => back("replaced"),
        Err(engine::Error::Refused(Refusal::UnfitDatabase { why })) => back(why.as_str()),
        Err(engine::Error::Refused(Refusal::LocksYouOut { .. })) => back("locks_you_out"),
        Err(engine::Error::Refused(_)) => StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(%error, "the country database cannot be replaced");
            back("failed")
        }
    }
}

fn back(outcome: &str) -> Response {
    Redirect::to(&format!("/security/countries?database={outcome}#database")).into_response()
}

/// The uploaded file, or the outcome that the page shows instead.
async fn file_in(http: &Http, request: Request) -> Result<(Vec<u8>, Taken<'_>), &'static str> {
    let missing = Unfit::Missing.as_str();
    let (parts, body) = request.into_parts();
    let whole = body_limit::whole(&http.bodies, &parts.headers, body, MAX_DATABASE + WRAPPING).await;
    let (whole, taken) = whole.map_err(|status| match status {
        StatusCode::PAYLOAD_TOO_LARGE => Unfit::TooLarge.as_str(),
        StatusCode::SERVICE_UNAVAILABLE => "failed",
        _ => missing,
    })?;
    let form = Request::from_parts(parts, Body::from(whole));
    let mut form = Multipart::from_request(form, &()).await.map_err(|_| missing)?;
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("database") {
            let bytes = field.bytes().await.map_err(|_| missing)?;
            return if bytes.len() > MAX_DATABASE {
                Err(Unfit::TooLarge.as_str())
            } else {
                Ok((bytes.into(), taken))
            };
        }
    }
    Err(missing)
}
