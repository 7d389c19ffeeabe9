//! Makes a browser known, so that the throttle lets its owner log in (`engine::access::browsers`). The link, which
//! `switchboard user unlock` prints, redirects to the log-in.

use super::state::Http;
use app::prefs;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::{IntoResponse as _, Redirect, Response},
};
use engine::access::browsers;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Link {
    login: String,
    note: String,
}

/// An invalid or expired link changes nothing and redirects to the log-in as well.
pub async fn open(
    State(http): State<Http>,
    headers: HeaderMap,
    link: Result<Query<Link>, QueryRejection>,
) -> Response {
    let Ok(Query(link)) = link else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let https = http.public_url.scheme() == "https";
    let carried = prefs::cookie_in(&headers, prefs::browser_cookie_name(https));
    let to_the_log_in = Redirect::to("/login");
    match browsers::unlocked(&http.engine, &link.login, &link.note, carried) {
        Some(value) => {
            let cookie = prefs::browser_cookie(&value, https);
            ([(SET_COOKIE, cookie)], to_the_log_in).into_response()
        }
        None => to_the_log_in.into_response(),
    }
}
