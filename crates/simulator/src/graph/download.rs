//! The address of a file's bytes. It is valid for a few minutes and needs the token as well.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media>

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use futures::{Stream, StreamExt as _, stream};
use tower_http::services::ServeFile;

use super::auth::{bearer, check};
use super::edge::{instead, pause, sorry};
use crate::faults::MediaFault;
use crate::shared::{DOWNLOADS, Shared};
use crate::world::{MESSAGING, Media};

/// The pieces in which a slow download arrives.
const PIECES: u32 = 8;
/// What comes before a cut is on its way only when the body has been waited for.
const CUT_AFTER: Duration = Duration::from_millis(20);

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(&format!("/{DOWNLOADS}/{{key}}"), get(download))
        .with_state(shared)
}

async fn download(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let media = match find(&shared, &key, &headers) {
        Ok(media) => media,
        Err(status) => return sorry(status),
    };
    let fault = shared.change(|world| world.media_download_faults.pop_front());
    if let Some(answer) = fault.as_ref().and_then(instead) {
        return answer;
    }
    let served = ServeFile::new(media.file.path()).try_call(request).await;
    let Ok(mut response) = served.map(|response| response.map(Body::new)) else {
        return sorry(500);
    };
    if let Ok(mime_type) = HeaderValue::from_str(&media.mime_type) {
        response.headers_mut().insert(CONTENT_TYPE, mime_type);
    }
    match fault {
        Some(fault) => spoil(&shared, response, fault),
        None => response,
    }
}

/// The file, if the address and the token are good; otherwise the status.
fn find(shared: &Shared, key: &str, headers: &HeaderMap) -> Result<Media, u16> {
    let now = (shared.options.now)();
    let world = shared.world();
    // Meta's servers turn away a request without a user agent.
    let token = headers
        .get(USER_AGENT)
        .and_then(|_| bearer(headers))
        .ok_or(401_u16)?;
    let token = check(&world, token, shared.now_seconds()).map_err(|_| 401_u16)?;
    if !token.has(MESSAGING) {
        return Err(401);
    }
    let download = world.downloads.get(key).filter(|download| now < download.until);
    let media =
        download.and_then(|download| world.living_media(&download.media_id, now, |waba| token.sees(waba)));
    media.cloned().ok_or(404)
}

fn spoil(shared: &Arc<Shared>, response: Response, fault: MediaFault) -> Response {
    let (mut head, body) = response.into_parts();
    let length = head.headers.get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let length = length.unwrap_or_default();
    let bytes = body
        .into_data_stream()
        .map(|piece| piece.map_err(io::Error::other));
    let body = match fault {
        MediaFault::WrongBytes => Body::from_stream(bytes.enumerate().map(|(place, piece)| match piece {
            Ok(piece) if place == 0 => Ok(with_another_first_byte(&piece)),
            other => other,
        })),
        MediaFault::WrongSize => {
            head.headers.insert(CONTENT_LENGTH, (length / 2).into());
            Body::from_stream(first(bytes, length / 2))
        }
        MediaFault::Cut => {
            let end = stream::once(async {
                tokio::time::sleep(CUT_AFTER).await;
                Err(io::ErrorKind::ConnectionReset.into())
            });
            Body::from_stream(first(bytes, length / 2).chain(end))
        }
        MediaFault::Slow { ms } => {
            let shared = Arc::clone(shared);
            let wait = Duration::from_millis(ms) / PIECES;
            let size = usize::try_from(length.div_ceil(PIECES.into()))
                .unwrap_or(1)
                .max(1);
            let pieces = bytes.flat_map(move |piece| stream::iter(cut_up(piece, size)));
            Body::from_stream(pieces.then(move |piece| {
                let shared = Arc::clone(&shared);
                async move {
                    pause(&shared, wait).await;
                    piece
                }
            }))
        }
        MediaFault::ErrorCode { .. } | MediaFault::Status { .. } | MediaFault::Redirect { .. } => {
            Body::from_stream(bytes)
        }
    };
    Response::from_parts(head, body)
}

fn with_another_first_byte(piece: &Bytes) -> Bytes {
    let mut piece = piece.to_vec();
    if let Some(first) = piece.first_mut() {
        *first ^= 1;
    }
    piece.into()
}

/// The first bytes of a stream, as many as `length`.
fn first(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    bytes.scan(length, |left, piece| {
        let piece = match piece {
            _ if *left == 0 => None,
            Ok(mut piece) => {
                piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= piece.len() as u64;
                Some(Ok(piece))
            }
            Err(error) => Some(Err(error)),
        };
        futures::future::ready(piece)
    })
}

fn cut_up(piece: io::Result<Bytes>, size: usize) -> Vec<io::Result<Bytes>> {
    match piece {
        Ok(piece) => piece.chunks(size).map(|part| Ok(piece.slice_ref(part))).collect(),
        Err(error) => vec![Err(error)],
    }
}
