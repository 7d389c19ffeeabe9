//! The console: `app`'s pages and server functions, with what they find in their context.

use super::{Http, apart::Apart, site, text};
use app::{App, api::ApiError, shell};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse as _, Response},
    routing::post,
};
use leptos::{
    context::{provide_context, use_context},
    nonce::Nonce,
    server_fn::{axum::server_fn_paths, error::SERVER_FN_ERROR_HEADER},
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, generate_route_list, handle_server_fns_with_context,
    render_app_async_with_context,
};
use tracing::Instrument as _;

/// Adds every page and every server function, and the page for addresses that lead nowhere.
pub fn add_to(router: Router<Http>) -> Router<Http> {
    let functions = functions().into_iter();
    functions
        .fold(router, |router, path| router.route(path, post(call)))
        .leptos_routes_with_handler(pages(), draw)
        .fallback(elsewhere)
        .layer(map_response(redirect_whoever_reads_pages))
}

/// Every page but the one for addresses that lead nowhere: it matches everything, also files.
pub fn pages() -> Vec<AxumRouteListing> {
    let mut pages = generate_route_list(App);
    pages.retain(|page| !page.path().contains("{*"));
    pages
}

/// The path of every server function. They are all called by POST.
pub fn functions() -> Vec<&'static str> {
    server_fn_paths().map(|(path, _)| path).collect()
}

/// A server function. Its arguments are in memory by now.
async fn call(State(http): State<Http>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if text::in_encoded(&body) {
        let error = ApiError::Malformed;
        let path = head.uri.path().to_owned();
        return (error.status(), [(SERVER_FN_ERROR_HEADER, path)], Json(error)).into_response();
    }
    let request = Request::from_parts(head, Body::from(body));
    Apart::new(async move {
        handle_server_fns_with_context(context(&http), request)
            .await
            .into_response()
    })
    .await
}

/// A page. It is drawn to its end in a task of its own, also for a browser that has gone away meanwhile: what reads for
/// the page would otherwise find that its signals have gone, too.
async fn draw(State(http): State<Http>, request: Request) -> Response {
    let page = Apart::new(async move {
        let options = http.leptos.clone();
        let draw = render_app_async_with_context(context(&http), move || shell(options.clone()));
        let (head, body) = draw(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        Ok::<_, axum::Error>(Response::from_parts(head, Body::from(body)))
    });
    let why: Box<dyn std::error::Error> = match tokio::spawn(page.in_current_span()).await {
        Ok(Ok(page)) => return page,
        Ok(Err(error)) => error.into(),
        Err(error) => error.into(),
    };
    tracing::error!(error = %why, "a page could not be drawn");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
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
async fn elsewhere(State(http): State<Http>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(file) = site::top_level(request.uri().path(), request.headers()) {
        return file;
    }
    draw(State(http), request).await
}
