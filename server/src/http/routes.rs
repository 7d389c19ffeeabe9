//! The table of routes: every path, who may call it, and its handlers.

use super::{
    api,
    api::{
        canned_replies, channel_health, channels, contacts, costs, deliveries, extensions, labels,
        merged_contacts, messages, queues, sessions, templates,
    },
    audit, contact_card, conversation, country_database, events, handbook, health, linked_file, media,
    session_log, single_sign_on, site,
    state::Http,
    unlock, uploads, webhook,
};
use axum::routing::{MethodRouter, any, delete, get, post, put};
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
    pub path: &'static str,
    pub(super) methods: MethodRouter<Http>,
}

/// Every route except the pages and the server functions, which `app` lists.
pub fn routes() -> Vec<Route> {
    use Access::{Asset, Link, Meta, Public, Token, TokenUpload, Upload, User, Visitor};
    let route = |access, path, methods| Route {
        access,
        path,
        methods,
    };
    vec![
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
        route(Token, "/api/v1/channels/{id}/templates", get(templates::list)),
        route(Token, "/api/v1/costs", get(costs::month)),
        route(
            Token,
            "/api/v1/costs/rates",
            get(costs::rates)
                .put(costs::replace_rates)
                .delete(costs::embedded_rates),
        ),
        route(
            Token,
            "/api/v1/costs/budget",
            get(costs::budget).put(costs::set_budget),
        ),
        route(
            Token,
            "/api/v1/extensions",
            get(extensions::list).post(extensions::create),
        ),
        route(Token, "/api/v1/extensions/{id}", get(extensions::get)),
        route(
            Token,
            "/api/v1/extensions/{id}/availability",
            put(extensions::set_availability),
        ),
        route(Token, "/api/v1/queues", get(queues::list).post(queues::create)),
        route(Token, "/api/v1/queues/{id}", get(queues::get)),
        route(
            Token,
            "/api/v1/canned-replies",
            get(canned_replies::list).post(canned_replies::create),
        ),
        route(
            Token,
            "/api/v1/canned-replies/{id}",
            get(canned_replies::get)
                .put(canned_replies::replace)
                .delete(canned_replies::delete),
        ),
        route(Token, "/api/v1/labels", get(labels::list).post(labels::create)),
        route(
            Token,
            "/api/v1/labels/{id}",
            get(labels::get).put(labels::replace).delete(labels::delete),
        ),
        route(
            Token,
            "/api/v1/sessions/{id}/labels/{label}",
            put(labels::put_on).delete(labels::take_off),
        ),
        route(Token, "/api/v1/sessions", get(sessions::list)),
        route(Token, "/api/v1/sessions/{id}", get(sessions::get)),
        route(Token, "/api/v1/session-log", get(api::session_log::list)),
        route(Token, "/api/v1/search", get(api::search::search)),
        route(Token, "/api/v1/sessions/{id}/pick-up", post(sessions::pick_up)),
        route(Token, "/api/v1/sessions/{id}/close", post(sessions::close)),
        route(Token, "/api/v1/sessions/{id}/reopen", post(sessions::reopen)),
        route(Token, "/api/v1/sessions/{id}/read", post(sessions::mark_read)),
        route(Token, "/api/v1/sessions/{id}/typing", post(sessions::typing)),
        route(Token, "/api/v1/sessions/{id}/unread", post(sessions::mark_unread)),
        route(
            Token,
            "/api/v1/sessions/{id}/snooze",
            post(sessions::snooze).delete(sessions::wake),
        ),
        route(Token, "/api/v1/sessions/{id}/notes", post(sessions::note)),
        route(
            Token,
            "/api/v1/sessions/{id}/contact-note",
            get(sessions::contact_note).put(sessions::set_contact_note),
        ),
        route(
            Token,
            "/api/v1/sessions/{id}/contact-name",
            put(sessions::set_contact_name),
        ),
        route(
            Token,
            "/api/v1/sessions/{id}/block",
            get(sessions::contact_block)
                .post(sessions::block)
                .delete(sessions::unblock),
        ),
        route(
            Token,
            "/api/v1/sessions/{id}/merged-contacts",
            get(merged_contacts::list),
        ),
        route(
            Token,
            "/api/v1/sessions/{id}/merged-contacts/{contact}",
            put(merged_contacts::merge).delete(merged_contacts::separate),
        ),
        route(Token, "/api/v1/contacts/{id}", delete(contacts::erase)),
        route(
            Token,
            "/api/v1/contacts/{id}/export",
            get(conversation::contact::of_token),
        ),
        route(Token, "/api/v1/sessions/{id}/timeline", get(sessions::timeline)),
        route(Token, "/api/v1/sessions/{id}/export", get(conversation::of_token)),
        route(Token, "/api/v1/sessions/{id}/transfer", post(sessions::transfer)),
        route(Token, "/api/v1/sessions/transfer", post(sessions::transfer_all)),
        route(Token, "/api/v1/sessions/close", post(sessions::close_all)),
        route(
            Token,
            "/api/v1/sessions/{id}/messages",
            get(messages::list).post(messages::send),
        ),
        route(Token, "/api/v1/messages/{id}/file", get(media::of_token)),
        route(
            TokenUpload,
            uploads::API,
            post(uploads::create).options(uploads::options),
        ),
        route(TokenUpload, "/api/v1/uploads/{id}", uploads::one()),
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
