//! The console: serves `app`'s pages and server functions, and provides their context.

use super::{
    api::webhooks::upkeep::test_body, plain_page::plain_page, reactive_owner::Apart, signed_error, site,
    state::Http, text,
};
use app::{
    App,
    api::{ApiError, webhooks::upkeep::WordsTest},
    labels, prefs, shell,
};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse as _, Redirect, Response},
    routing::post,
};
use engine::{
    audit::request,
    seldom::{EVERY_SECOND, Seldom},
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
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinHandle, time::timeout};
use tracing::Instrument as _;

/// How long a request for a page waits for a free place.
const PLACE_WITHIN: Duration = Duration::from_secs(5);
/// After this a page that is being drawn gives its place back: its browser was told long ago that it took too long, and
/// what never ends must not take the places of others.
const DRAWN_WITHIN: Duration = Duration::from_secs(120);
/// Seconds after which a browser that got no place may retry.
const RETRY_AFTER: u32 = 5;

/// Adds every page, every server function, and the page for unknown addresses.
pub fn add_to(router: Router<Http>) -> Router<Http> {
    let functions = functions().into_iter();
    functions
        .fold(router, |router, path| router.route(path, post(call)))
        .leptos_routes_with_handler(pages(), draw)
        .fallback(elsewhere)
        .layer(map_response(redirect_whoever_reads_pages))
}

/// Every page except the one for unknown addresses, which matches everything, including files.
pub fn pages() -> Vec<AxumRouteListing> {
    let mut pages = generate_route_list(App);
    pages.retain(|page| !page.path().contains("{*"));
    pages
}

/// The path of every server function. All are called with POST.
pub fn functions() -> Vec<&'static str> {
    server_fn_paths().map(|(path, _)| path).collect()
}

/// Calls a server function. Its body is already in memory.
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
        let answer = handle_server_fns_with_context(context(&http), request).await;
        signed_error::sign(answer.into_response())
    })
    .await
}

/// Draws a page in a task of its own, to its end, even if the browser has gone away: otherwise the page's pending reads
/// would find their signals disposed. `http.pages` limits how many are drawn at once.
async fn draw(State(http): State<Http>, request: Request) -> Response {
    if let Some(address) = signed_error::without_foreign(request.uri()) {
        return Redirect::to(&address).into_response();
    }
    let locale = prefs::language_of(request.headers());
    let options = http.leptos.clone();
    let context = context(&http);
    let page = Apart::new(async move {
        let draw = render_app_async_with_context(context, move || shell(options.clone()));
        let (head, body) = draw(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        Ok::<_, axum::Error>(Response::from_parts(head, Body::from(body)))
    });
    let page = request::carried(page.in_current_span());
    let Some(drawing) = in_a_place(&http.pages, PLACE_WITHIN, timeout(DRAWN_WITHIN, page)).await else {
        static FULL: Seldom = Seldom::every(EVERY_SECOND);
        if let Some(left_out) = FULL.due() {
            tracing::warn!(left_out, "no room for another page: http.pages");
        }
        let words = plain_page(locale, &labels::too_busy(locale));
        let retry_after = [(header::RETRY_AFTER, RETRY_AFTER)];
        return (StatusCode::SERVICE_UNAVAILABLE, retry_after, words).into_response();
    };
    let why: Box<dyn std::error::Error> = match drawing.await {
        Ok(Ok(Ok(page))) => return page,
        Ok(Ok(Err(error))) => error.into(),
        Ok(Err(endless)) => endless.into(),
        Err(error) => error.into(),
    };
    tracing::error!(error = %why, "a page could not be drawn");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Spawns work in a task that keeps its place until it ends, whether or not anybody still waits for it; `None` if no
/// place became free in time.
async fn in_a_place<T: Send + 'static>(
    places: &Arc<Semaphore>,
    within: Duration,
    work: impl Future<Output = T> + Send + 'static,
) -> Option<JoinHandle<T>> {
    let place = timeout(within, places.clone().acquire_owned()).await.ok()?.ok()?;
    Some(tokio::spawn(async move {
        let _place = place;
        work.await
    }))
}

/// Leptos redirects only clients whose `Accept` names `text/html`; this redirects every reader of a page. Responses of
/// server functions stay unchanged: they carry a header that the wasm client understands.
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

/// Provides the context of pages and server functions, beside the request.
fn context(http: &Http) -> impl Fn() + Clone + Send + Sync + 'static {
    let engine = http.engine.clone();
    move || {
        provide_context(engine.clone());
        provide_context(WordsTest(test_body));
        // Leptos mints a nonce of its own; the page must use the one in the header.
        let parts = use_context::<axum::http::request::Parts>();
        if let Some(nonce) = parts.and_then(|parts| parts.extensions.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
    }
}

/// Serves a file such as `/favicon.svg`, or the page for unknown addresses.
async fn elsewhere(State(http): State<Http>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(file) = site::top_level(request.uri().path(), request.headers()) {
        return file;
    }
    draw(State(http), request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn work_keeps_its_place_until_it_ends() {
        let places = Arc::new(Semaphore::new(1));
        let (end, ended) = oneshot::channel::<()>();
        let first = in_a_place(&places, Duration::ZERO, ended).await.expect("a place");
        // Nobody waits for the first task any more.
        drop(first);
        let soon = Duration::from_millis(20);
        assert!(in_a_place(&places, soon, async {}).await.is_none());
        end.send(()).expect("it goes on");
        let second = in_a_place(&places, Duration::from_secs(10), async { 7 }).await;
        assert_eq!(second.expect("a place").await.expect("an end"), 7);
    }
}
