//! The console: `app`'s pages and server functions, with what they find in their context.

use super::{plain_page::plain_page, reactive_owner::Apart, site, state::Http, text};
use app::{App, api::ApiError, labels, prefs, shell};
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
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinHandle, time::timeout};
use tracing::Instrument as _;

/// How long a page waits until it is drawn.
const PLACE_WITHIN: Duration = Duration::from_secs(5);
/// Seconds after which somebody may come again for whose page there was no place.
const RETRY_AFTER: u32 = 5;

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
/// the page would otherwise find that its signals have gone, too. So many are drawn at once, and no more.
async fn draw(State(http): State<Http>, request: Request) -> Response {
    let locale = prefs::language_of(request.headers());
    let options = http.leptos.clone();
    let context = context(&http);
    let page = Apart::new(async move {
        let draw = render_app_async_with_context(context, move || shell(options.clone()));
        let (head, body) = draw(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await?;
        Ok::<_, axum::Error>(Response::from_parts(head, Body::from(body)))
    });
    let Some(drawing) = in_a_place(&http.pages, PLACE_WITHIN, page.in_current_span()).await else {
        tracing::warn!("no room for another page: http.pages");
        let words = plain_page(locale, &labels::too_busy(locale));
        let retry_after = [(header::RETRY_AFTER, RETRY_AFTER)];
        return (StatusCode::SERVICE_UNAVAILABLE, retry_after, words).into_response();
    };
    let why: Box<dyn std::error::Error> = match drawing.await {
        Ok(Ok(page)) => return page,
        Ok(Err(error)) => error.into(),
        Err(error) => error.into(),
    };
    tracing::error!(error = %why, "a page could not be drawn");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Begins work in a task of its own, which has its place until it ends, whoever still waits for it; `None` when no place
/// has become free.
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn work_keeps_its_place_until_it_ends() {
        let places = Arc::new(Semaphore::new(1));
        let (end, ended) = oneshot::channel::<()>();
        let first = in_a_place(&places, Duration::ZERO, ended).await.expect("a place");
        // Nobody waits for it any more.
        drop(first);
        let soon = Duration::from_millis(20);
        assert!(in_a_place(&places, soon, async {}).await.is_none());
        end.send(()).expect("it goes on");
        let second = in_a_place(&places, Duration::from_secs(10), async { 7 }).await;
        assert_eq!(second.expect("a place").await.expect("an end"), 7);
    }
}
