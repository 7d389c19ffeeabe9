//! The console: `app`'s pages and server functions, with what they find in their context.

use super::{Http, site};
use app::{App, shell};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse as _, Response},
};
use leptos::{
    context::{provide_context, use_context},
    nonce::Nonce,
};
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_async_with_context};

/// Adds every page and every server function, and the page for addresses that lead nowhere.
pub fn add_to(router: Router<Http>, http: &Http) -> Router<Http> {
    let mut pages = generate_route_list(App);
    // The page for addresses that lead nowhere matches everything, also files.
    pages.retain(|page| !page.path().contains("{*"));
    let options = http.leptos.clone();
    router
        .leptos_routes_with_context(http, pages, context(http), move || shell(options.clone()))
        .fallback(elsewhere)
        .layer(map_response(redirect_whoever_reads_pages))
}

/// Leptos redirects only who asks for `text/html` in so many words; a page leads on whatever its reader accepts.
/// Answers to server functions carry a header that the browser part understands, and stay as they are.
async fn redirect_whoever_reads_pages(mut response: Response) -> Response {
    let headers = response.headers();
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page && headers.contains_key(header::LOCATION) && !response.status().is_redirection() {
        *response.status_mut() = StatusCode::FOUND;
    }
    response
}

/// What pages and server functions find beside the request.
fn context(http: &Http) -> impl Fn() + Clone + Send + Sync + 'static {
    let engine = http.engine.clone();
    move || {
        provide_context(engine.clone());
        // Leptos has minted a nonce of its own; the one in the header has to be the one in the page.
        let parts = use_context::<axum::http::request::Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}

/// A file such as `/favicon.svg`, or the page that says that there is nothing.
async fn elsewhere(State(http): State<Http>, request: Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(file) = site::top_level(request.uri().path(), request.headers()) {
        return file;
    }
    let options = http.leptos.clone();
    render_app_async_with_context(context(&http), move || shell(options.clone()))(request).await
}
