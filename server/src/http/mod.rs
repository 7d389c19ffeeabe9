//! Every HTTP route, on one page, and the layers around them.

pub mod api;
pub mod body_limit;
pub mod client_address;
pub mod events;
pub mod health;
pub mod login_session;
pub mod pages;
pub mod request;
pub mod security;
pub mod site;
pub mod webhook;

use crate::{application::Stopping, settings::Settings};
use api::{channel_health, channels, extensions, messages, queues, sessions};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, any, get, post},
};
use engine::Engine;
use events::Streams;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use url::Url;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Meta: the handler checks a verify token or a signature.
    Meta,
    /// Whoever has an API token; the handler asks for the scope.
    Token,
    /// A person who is logged in.
    Person,
}

/// A path, who may call it, and what answers there.
#[derive(Debug)]
pub struct Route {
    pub access: Access,
    pub path: &'static str,
    methods: MethodRouter<Http>,
}

/// Every route but the pages and the server functions, which are `app`'s own list.
pub fn routes() -> Vec<Route> {
    use Access::{Meta, Person, Public, Token};
    let route = |access, path, methods| Route {
        access,
        path,
        methods,
    };
    vec![
        route(Public, "/healthz", get(health::alive)),
        route(Public, "/readyz", get(health::ready)),
        // From this machine, or with a token.
        route(Public, "/metrics", get(health::metrics)),
        route(Public, "/pkg/{*path}", get(site::package)),
        //
        route(
            Meta,
            "/webhooks/whatsapp/{webhook_id}",
            get(webhook::handshake).post(webhook::accept),
        ),
        //
        route(Person, "/events", get(events::stream)),
        //
        route(
            Token,
            "/api/v1/channels",
            get(channels::list).post(channels::create),
        ),
        route(Token, "/api/v1/channels/{id}", get(channels::get)),
        route(
            Token,
            "/api/v1/channels/{id}/health",
            get(channel_health::latest).post(channel_health::examine),
        ),
        route(
            Token,
            "/api/v1/extensions",
            get(extensions::list).post(extensions::create),
        ),
        route(Token, "/api/v1/extensions/{id}", get(extensions::get)),
        route(Token, "/api/v1/queues", get(queues::list).post(queues::create)),
        route(Token, "/api/v1/queues/{id}", get(queues::get)),
        route(Token, "/api/v1/sessions", get(sessions::list)),
        route(Token, "/api/v1/sessions/{id}", get(sessions::get)),
        route(Token, "/api/v1/sessions/{id}/pick-up", post(sessions::pick_up)),
        route(Token, "/api/v1/sessions/{id}/close", post(sessions::close)),
        route(
            Token,
            "/api/v1/sessions/{id}/messages",
            get(messages::list).post(messages::send),
        ),
        route(Token, "/api/{*rest}", any(api::nothing_here)),
    ]
}

/// What the handlers share.
#[derive(Debug, Clone)]
pub struct Http {
    pub engine: Engine,
    pub settings: Arc<Settings>,
    pub public_url: Url,
    pub stopping: Stopping,
    pub leptos: LeptosOptions,
    streams: Arc<Streams>,
}

impl Http {
    pub fn new(engine: Engine, settings: Settings, public_url: Url) -> Self {
        Self {
            engine,
            public_url,
            stopping: Stopping::default(),
            leptos: site::leptos_options(settings.http.listen),
            streams: Arc::default(),
            settings: Arc::new(settings),
        }
    }
}

impl FromRef<Http> for LeptosOptions {
    fn from_ref(http: &Http) -> Self {
        http.leptos.clone()
    }
}

/// The whole of it. Layers are added from the inside out.
pub fn router(http: Http) -> Router {
    let group = |access| {
        let of_group = routes().into_iter().filter(|route| route.access == access);
        of_group.fold(Router::new(), |router, route| {
            router.route(route.path, route.methods)
        })
    };
    let limits = &http.settings.http;
    let body_limit = from_fn_with_state(limits.body_bytes, body_limit::read);

    let api = group(Access::Token)
        .layer(from_fn_with_state(http.clone(), api::authenticate))
        .layer(body_limit.clone());
    let people = pages::add_to(group(Access::Person), &http)
        .layer(login_session::layer(&http))
        .layer(body_limit.clone());
    // Meta sends by the thousand: only what protects a webhook stands before it.
    let meta = group(Access::Meta)
        .layer(from_fn_with_state(limits.webhook_body_bytes, body_limit::read))
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.request_seconds,
        ))
        .layer(from_fn(request::measure));

    let others = Router::new()
        .merge(group(Access::Public).layer(body_limit))
        .merge(api)
        .merge(people)
        // Bodies are in memory by now.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            limits.request_seconds,
        ))
        .layer(from_fn_with_state(http.clone(), security::refuse_foreign_sites))
        .layer(from_fn(api::problem::in_every_error))
        .layer(from_fn_with_state(http.clone(), security::headers))
        .layer(from_fn(request::record))
        .layer(from_fn_with_state(http.clone(), client_address::find));
    others.merge(meta).with_state(http)
}
