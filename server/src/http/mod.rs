//! Puts the layers around the routes, which are all in one table ([`routes`]).

pub mod api;
pub mod audit;
pub mod body_limit;
pub mod client_address;
pub mod contact_card;
pub mod conversation;
pub mod countries;
pub mod country_database;
pub mod csv_export;
pub mod events;
pub mod handbook;
pub mod health;
pub mod linked_file;
pub mod login_session;
pub mod media;
pub mod memory_budget;
pub mod packed;
pub mod pages;
pub mod rate_limit;
pub mod request;
pub mod routes;
pub mod security;
pub mod session_log;
pub mod single_sign_on;
pub mod site;
pub mod state;
pub mod streams;
pub mod text;
pub mod unlock;
pub mod uploads;
pub mod webhook;

mod attachment;
mod content;
mod cookies;
mod page_frame;
mod plain_page;
mod reactive_owner;
mod signed_error;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
};
use routes::{Access, routes};
use state::Http;
use std::time::Duration;
use tower::util::MapResponseLayer;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// Time for a large upload over a slow line.
const UPLOAD_WITHIN: Duration = Duration::from_secs(5 * 60);

/// The complete router. Layers are added from the inside out.
pub fn router(http: Http) -> Router {
    let all = routes();
    let group = |access| {
        let of_group = all.iter().filter(|route| route.access == access);
        of_group.fold(Router::new(), |router, route| {
            router.route(&route.path, route.methods.clone())
        })
    };
    let limits = &http.settings.http;

    // The sender is authenticated before the body is read.
    let api = group(Access::Token)
        // Needs the whole body, and what it keeps of an answer is the handler's.
        .layer(from_fn_with_state(http.clone(), api::idempotency::answer_once))
        .layer(from_fn_with_state(http.clone(), body_limit::of_the_known))
        .layer(from_fn(api::conditions::refuse_unheeded))
        .layer(from_fn(api::parameters::refuse_unknown))
        .layer(from_fn_with_state(http.clone(), api::rate_limit::limit))
        .layer(from_fn_with_state(http.clone(), api::authenticate));
    let keep_cookie = from_fn_with_state(http.clone(), login_session::keep_cookie);
    let web_session = (keep_cookie, login_session::layer(&http));
    let users = pages::add_to(group(Access::User).merge(group(Access::Visitor)))
        .layer(from_fn_with_state(http.clone(), body_limit::of_people))
        .layer(web_session.clone());
    let doors = from_fn_with_state(countries::Doors::of(&http), countries::guard);
    let find_client = from_fn_with_state(http.clone(), client_address::find);
    let uploads = group(Access::Upload).layer(web_session);
    let api_uploads = group(Access::TokenUpload)
        .layer(from_fn_with_state(http.clone(), api::idempotency::answer_once))
        .layer(from_fn(body_limit::of_uploads))
        .layer(from_fn(api::conditions::refuse_unheeded))
        .layer(from_fn(api::parameters::refuse_unknown))
        .layer(from_fn_with_state(http.clone(), api::rate_limit::limit))
        .layer(from_fn_with_state(http.clone(), api::authenticate));
    let uploads = uploads
        .merge(api_uploads)
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            UPLOAD_WITHIN,
        ));
    let open = [Access::Public, Access::Asset, Access::Link].map(group);
    let open = open.into_iter().fold(Router::new(), Router::merge);
    // Meta sends thousands of requests a second, and each layer costs as much as the handler's own work.
    let protect = from_fn_with_state(http.clone(), webhook::protect);
    let meta = group(Access::Meta).layer((protect, CatchPanicLayer::new()));

    let others = Router::new()
        .merge(open.layer(from_fn_with_state(http.clone(), body_limit::of_strangers)))
        .merge(api)
        .merge(users)
        // Bodies are already in memory here.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.request_seconds,
        ))
        .merge(uploads)
        .layer(from_fn(text::refuse_nul_in_address))
        .layer(doors)
        .layer(from_fn_with_state(http.clone(), security::refuse_foreign_sites))
        .layer(from_fn_with_state(http.clone(), security::refuse_foreign_hosts))
        .layer(from_fn(api::problem::in_every_error))
        .layer(from_fn(security::pages_policy))
        .layer(from_fn(packed::pack))
        .layer(from_fn(request::record))
        .layer(find_client);
    let seal = MapResponseLayer::new(security::every_answer(&http));
    others.merge(meta).layer(seal).with_state(http)
}
