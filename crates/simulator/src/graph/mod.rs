//! The part of the Graph API that Switchboard calls. Every path begins with a version:
//! <https://developers.facebook.com/docs/graph-api/guides/versioning>

mod accounts;
mod attachment;
mod auth;
mod block;
mod change;
mod content;
mod download;
mod edge;
mod error;
mod media;
mod messages;
mod mood;
mod params;
mod subscriptions;
mod template;
mod templates;
mod token;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use self::error::GraphError;
use crate::shared::Shared;
use crate::wire::Scissors;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{version}/debug_token", get(token::debug))
        .route("/{version}/me", get(token::me))
        .route(
            "/{version}/{id}",
            get(node).post(accounts::configure).delete(media::delete),
        )
        .route(
            "/{version}/{id}/media",
            post(upload::upload).layer(DefaultBodyLimit::disable()),
        )
        .route("/{version}/{id}/messages", post(messages::send))
        .route(
            "/{version}/{id}/block_users",
            post(block::block).delete(block::unblock),
        )
        .route("/{version}/{id}/register", post(accounts::register))
        .route("/{version}/{id}/message_templates", get(templates::list))
        .route("/{version}/{id}/phone_numbers", get(accounts::phone_numbers))
        .route(
            "/{version}/{id}/subscribed_apps",
            get(subscriptions::subscribed_apps)
                .post(subscriptions::subscribe_waba)
                .delete(subscriptions::unsubscribe_waba),
        )
        .route(
            "/{version}/{id}/subscriptions",
            get(subscriptions::of_app)
                .post(subscriptions::subscribe_app)
                .delete(subscriptions::unsubscribe_app),
        )
        .layer(middleware::from_fn(check_version))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), mood::apply))
        .with_state(Arc::clone(&shared))
        .merge(download::router(shared))
        .fallback(|| async { GraphError::unknown_path().into_response() })
}

/// `GET /{id}`: Graph knows by the id whether it names a file or a number.
async fn node(
    shared: State<Arc<Shared>>,
    path: Path<(String, String)>,
    scissors: ConnectInfo<Scissors>,
    token: auth::Token,
    params: params::Params,
) -> Result<Response, GraphError> {
    let is_media = shared.world().media.contains_key(&path.1);
    if is_media {
        media::info(shared, path, scissors, token, params).await
    } else {
        let number = accounts::phone_number(shared, path, token, params).await?;
        Ok(number.into_response())
    }
}

async fn check_version(request: Request, next: Next) -> Response {
    let version = request.uri().path().split('/').nth(1).unwrap_or_default();
    let numbers = version
        .strip_prefix('v')
        .and_then(|numbers| numbers.split_once('.'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match numbers {
        Some((major, minor)) if is_number(major) && is_number(minor) => next.run(request).await,
        _ => GraphError::unknown_path().into_response(),
    }
}
