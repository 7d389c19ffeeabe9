//! Every HTTP route, on one page, and the layers around them.

pub mod api;
pub mod body_limit;
pub mod client_address;
pub mod contact_card;
pub mod countries;
pub mod country_database;
pub mod events;
pub mod health;
pub mod login_session;
pub mod packed;
pub mod pages;
pub mod request;
pub mod security;
pub mod site;
pub mod text;
pub mod unlock;
pub mod webhook;

mod apart;
mod plain_page;

use crate::{application::Stopping, settings::Settings};
use api::{channel_health, channels, deliveries, extensions, messages, queues, sessions};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, any, get, post},
};
use domain::countries::Door;
use engine::Engine;
use events::Streams;
use leptos::config::LeptosOptions;
use plain_page::plain_page;
use std::{ops::Deref, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use url::Url;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, from anywhere.
    Public,
    /// Anybody: what the console is made of.
    Asset,
    /// Whoever has the link.
    Link,
    /// Meta: the handler checks a verify token or a signature.
    Meta,
    /// Whoever has an API token; the handler asks for the scope.
    Token,
    /// A person who is logged in.
    Person,
    /// A person who is logged in and sends a large body: the handler reads it once it knows who sends it.
    Upload,
}

impl Access {
    /// By which door of the allowed countries one comes in; `None`: from anywhere.
    pub fn door(self) -> Option<Door> {
        match self {
            Self::Public => None,
            Self::Asset | Self::Person | Self::Upload => Some(Door::Console),
            Self::Link => Some(Door::Files),
            Self::Meta => Some(Door::Webhooks),
            Self::Token => Some(Door::Api),
        }
    }
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
    use Access::{Asset, Link, Meta, Person, Public, Token, Upload};
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
        route(Asset, "/pkg/{*path}", get(site::package)),
        // Makes this browser known: the link comes from the command line.
        route(Asset, "/login/unlock", get(unlock::open)),
        // Files of messages: none yet.
        route(Link, "/files/{*rest}", any(|| async { StatusCode::NOT_FOUND })),
        //
        route(
            Meta,
            "/webhooks/whatsapp/{webhook_id}",
            get(webhook::handshake).post(webhook::accept),
        ),
        // Somebody has typed the address off.
        route(
            Meta,
            "/webhooks/whatsapp/{webhook_id}/",
            get(webhook::handshake).post(webhook::accept),
        ),
        //
        route(Person, "/events", get(events::stream)),
        route(
            Person,
            "/inbox/cards/{message}/{nth}",
            get(contact_card::download),
        ),
        route(
            Upload,
            "/security/countries/database",
            post(country_database::replace),
        ),
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
        route(Token, "/api/v1/sessions/{id}/transfer", post(sessions::transfer)),
        route(Token, "/api/v1/sessions/transfer", post(sessions::transfer_all)),
        route(
            Token,
            "/api/v1/sessions/{id}/messages",
            get(messages::list).post(messages::send),
        ),
        route(Token, "/api/v1/deliveries/dead", get(deliveries::list)),
        route(
            Token,
            "/api/v1/deliveries/dead/replay",
            post(deliveries::replay_all),
        ),
        route(
            Token,
            "/api/v1/deliveries/dead/{id}",
            get(deliveries::get).delete(deliveries::delete),
        ),
        route(
            Token,
            "/api/v1/deliveries/dead/{id}/replay",
            post(deliveries::replay),
        ),
        route(Token, "/api/{*rest}", any(api::nothing_here)),
    ]
}

/// A large body takes its time on a slow line.
const UPLOAD_WITHIN: Duration = Duration::from_secs(5 * 60);

/// What the handlers share. Every layer of every request clones it, so that is one pointer.
#[derive(Debug, Clone)]
pub struct Http(Arc<Shared>);

/// See [`Http`].
#[derive(Debug)]
pub struct Shared {
    pub engine: Engine,
    pub settings: Arc<Settings>,
    pub public_url: Url,
    pub stopping: Stopping,
    pub leptos: LeptosOptions,
    /// Room for bodies of those who are known.
    pub bodies: body_limit::Room,
    pub strangers_bodies: body_limit::Room,
    /// Places for pages that are being drawn.
    pages: Arc<Semaphore>,
    streams: Arc<Streams>,
}

impl Deref for Http {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Http {
    pub fn new(engine: Engine, settings: Settings, public_url: Url) -> Self {
        Self(Arc::new(Shared {
            engine,
            public_url,
            stopping: Stopping::default(),
            leptos: site::leptos_options(settings.http.listen),
            bodies: body_limit::Room::of(settings.http.bodies_bytes),
            strangers_bodies: body_limit::Room::of(settings.http.strangers_bodies_bytes),
            pages: Arc::new(Semaphore::new(settings.http.pages.min(Semaphore::MAX_PERMITS))),
            streams: Arc::default(),
            settings: Arc::new(settings),
        }))
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

    // Who sends a body is known before it is read.
    let api = group(Access::Token)
        .layer(from_fn_with_state(http.clone(), body_limit::of_the_known))
        .layer(from_fn_with_state(http.clone(), api::authenticate));
    let people = pages::add_to(group(Access::Person))
        .layer(from_fn_with_state(http.clone(), body_limit::of_people))
        .layer(login_session::layer(&http));
    let doors = from_fn_with_state(countries::Doors::of(&http), countries::guard);
    let find_client = from_fn_with_state(http.settings.clone(), client_address::find);
    let uploads = group(Access::Upload)
        .layer(login_session::layer(&http))
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            UPLOAD_WITHIN,
        ));
    let open = [Access::Public, Access::Asset, Access::Link].map(group);
    let open = open.into_iter().fold(Router::new(), Router::merge);
    // Meta sends by the thousand, and every layer costs as much as what it does.
    let protect = from_fn_with_state(http.clone(), webhook::protect);
    let meta = group(Access::Meta).layer((protect, CatchPanicLayer::new()));

    let others = Router::new()
        .merge(open.layer(from_fn_with_state(http.clone(), body_limit::of_strangers)))
        .merge(api)
        .merge(people)
        // Bodies are in memory by now.
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
        .layer(from_fn(api::problem::in_every_error))
        .layer(from_fn_with_state(http.clone(), security::headers))
        .layer(from_fn(packed::pack))
        .layer(from_fn(request::record))
        .layer(find_client);
    others.merge(meta).with_state(http)
}
