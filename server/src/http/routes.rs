//! The table of routes: every path, who may call it, and its handlers.

use super::{
    api, audit, contact_card, conversation, country_database, events, handbook, health, linked_file, media,
    session_log, single_sign_on, site, state::Http, unlock, uploads, webhook,
};
use axum::routing::{MethodRouter, any, get, post};
use domain::countries::Door;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, from anywhere.
    Public,
    /// Anybody: the console's files.
    Asset,
    /// Whoever has the link.
    Link,
    /// Meta: the handler checks a verify token or a signature.
    Meta,
    /// Whoever has an API token; the handler asks for the scope.
    Token,
    /// Anybody, to log in: the handler gives them a web session.
    Visitor,
    /// A user who is logged in.
    User,
    /// A user who is logged in and sends a large body: the handler authenticates the sender before it reads the body.
    Upload,
    /// The same for whoever has an API token.
    TokenUpload,
}

impl Access {
    /// The door whose rule of allowed countries applies; `None`: open to every country.
    pub fn door(self) -> Option<Door> {
        match self {
            Self::Public => None,
            Self::Asset | Self::Visitor | Self::User | Self::Upload => Some(Door::Console),
            Self::Link => Some(Door::Files),
            Self::Meta => Some(Door::Webhooks),
            Self::Token | Self::TokenUpload => Some(Door::Api),
        }
    }
}

/// A path, who may call it, and its handlers.
#[derive(Debug)]
pub struct Route {
    pub access: Access,
    pub path: String,
    pub(super) methods: MethodRouter<Http>,
}

/// A route of the REST API. Its path is in the descriptions of its handlers.
fn of_api(access: Access, described: api::routes::Described) -> Route {
    let (_, paths, methods) = described();
    let mut paths = paths.paths.into_keys();
    let (path, other) = (paths.next(), paths.next());
    assert!(other.is_none(), "{path:?} and {other:?} are two routes");
    Route {
        access,
        path: path.expect("a description has a path"),
        methods,
    }
}

/// Every route except the pages and the server functions, which `app` lists.
pub fn routes() -> Vec<Route> {
    use Access::{Asset, Link, Meta, Public, Token, TokenUpload, Upload, User, Visitor};
    let route = |access, path: &str, methods| Route {
        access,
        path: path.to_owned(),
        methods,
    };
    let mut all = vec![
        route(Public, "/healthz", get(health::alive)),
        route(Public, "/readyz", get(health::ready)),
        // With a token.
        route(Public, "/metrics", get(health::metrics)),
        route(Asset, "/pkg/{*path}", get(site::package)),
        // Makes this browser known; `switchboard user unlock` prints the link.
        route(Asset, "/login/unlock", get(unlock::open)),
        route(Visitor, "/login/single-sign-on", get(single_sign_on::begin)),
        route(
            Visitor,
            "/login/single-sign-on/callback",
            get(single_sign_on::finish),
        ),
        route(Asset, "/api/v1/openapi.json", get(api::document::json)),
        route(Asset, "/api/docs", get(api::reference::page)),
        route(Asset, "/help", get(handbook::begin)),
        route(Asset, "/help/{name}", get(handbook::open)),
        route(Asset, "/help/{language}/{name}", get(handbook::page)),
        route(Asset, "/help/pictures/{language}/{name}", get(handbook::picture)),
        // WhatsApp fetches the files of messages here.
        route(Link, "/files/{*token}", get(linked_file::fetch)),
        //
        route(
            Meta,
            "/webhooks/whatsapp/{webhook_id}",
            get(webhook::handshake).post(webhook::accept),
        ),
        // For an address that was typed by hand, with a trailing slash.
        route(
            Meta,
            "/webhooks/whatsapp/{webhook_id}/",
            get(webhook::handshake).post(webhook::accept),
        ),
        //
        route(User, "/events", get(events::stream)),
        route(User, "/inbox/cards/{message}/{nth}", get(contact_card::download)),
        route(User, "/session-log.csv", get(session_log::csv)),
        route(User, "/security/audit.csv", get(audit::csv)),
        route(
            User,
            "/session-log/{id}/conversation.zip",
            get(conversation::of_user),
        ),
        route(
            User,
            "/contacts/{id}/customer.zip",
            get(conversation::contact::of_user),
        ),
        route(User, "/media/{message}", get(media::of_user)),
        route(
            Upload,
            uploads::CONSOLE,
            post(uploads::create).options(uploads::options),
        ),
        route(Upload, "/uploads/{id}", uploads::one()),
        route(
            Upload,
            "/security/countries/database",
            post(country_database::replace),
        ),
        //
        route(Token, "/api/{*rest}", any(api::nothing_here)),
    ];
    all.extend(
        api::routes::routes()
            .into_iter()
            .map(|described| of_api(Token, described)),
    );
    all.extend(
        api::routes::uploads()
            .into_iter()
            .map(|described| of_api(TokenUpload, described)),
    );
    all
}
