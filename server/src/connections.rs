//! Accepts connections: HTTP/1.1, and from a trusted proxy also HTTP/2 without TLS, if it begins with it ("prior
//! knowledge", <https://www.rfc-editor.org/rfc/rfc9113#name-starting-http-2-with-prior->).
//!
//! Replaces `axum::serve`, which has no time-out for clients that send a request head slowly or do not read an answer, and
//! no limit for connections.

use crate::{
    http::{self, client_address::Peer, state::Http},
    open_files,
    room::Room,
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    serve::{Listener as _, ListenerExt as _},
};
use hyper::{body::Incoming, server::conn, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{convert::Infallible, io, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

/// The first bytes of an HTTP/2 connection, <https://www.rfc-editor.org/rfc/rfc9113#preface>.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Bytes that one HTTP/1.1 connection reads ahead and writes behind. A request's head must fit as well; larger ones get 431.
const BUFFER: usize = 32 * 1024;
/// Between two looks at a preface that came in parts.
const PART_EVERY: Duration = Duration::from_millis(5);
/// Requests that one HTTP/2 connection may have open: a proxy carries many users' event streams over it.
const STREAMS: u32 = 1000;
/// An HTTP/2 connection that does not answer a ping for this long is closed.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves connections for ever; `open` knows those that have to finish before the process ends.
pub(crate) async fn accept(listener: TcpListener, http: Http, open: &GracefulShutdown) -> Infallible {
    let settings = http.settings.clone();
    let head_seconds = settings.http.head_seconds;
    let mut http1 = conn::http1::Builder::new();
    http1
        .timer(TokioTimer::new())
        .header_read_timeout(head_seconds)
        .max_buf_size(BUFFER);
    let mut http2 = conn::http2::Builder::new(TokioExecutor::new());
    http2
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PING_TIMEOUT)
        .keep_alive_timeout(PING_TIMEOUT);
    let stopping = http.stopping.clone();
    let router = http::router(http);
    // Without TCP_NODELAY a streamed page stalls for about 40 ms.
    let mut listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let room = Room::for_connections(open_files::for_connections(settings.http.connections));
    let write_seconds = settings.http.write_seconds;
    loop {
        let (stream, peer) = listener.accept().await;
        let place = Arc::new(room.place().await);
        let (http1, http2, router) = (http1.clone(), http2.clone(), router.clone());
        let (watcher, stopping) = (open.watcher(), stopping.clone().begun());
        let ip = peer.ip().to_canonical();
        let is_proxy = settings
            .http
            .trusted_proxies
            .iter()
            .any(|proxy| proxy.includes(ip));
        let asking = place.clone();
        let service = service_fn(move |request| {
            asking.has_asked();
            answer(router.clone(), peer.ip(), request)
        });
        let serve = async move {
            let begun = match is_proxy {
                true => tokio::select! {
                    begun = timeout(head_seconds, begins_http2(&stream)) => begun,
                    () = stopping => return,
                },
                // An HTTP/2 connection may stay open without asking for anything.
                false => Ok(Ok(false)),
            };
            let mut stream = Box::pin(TimeoutStream::new(stream));
            stream.as_mut().set_write_timeout_pinned(Some(write_seconds));
            let stream = TokioIo::new(stream);
            let ended = match begun {
                Ok(Ok(true)) => watcher.watch(http2.serve_connection(stream, service)).await,
                Ok(Ok(false)) => watcher.watch(http1.serve_connection(stream, service)).await,
                // Nothing was asked, so nothing is answered.
                Ok(Err(_)) | Err(_) => return,
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
        };
        tokio::spawn(async move {
            tokio::select! {
                () = serve => {}
                () = place.gives_way() => {}
            }
        });
    }
}

async fn begins_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut begin = [0; PREFACE.len()];
    loop {
        let length = stream.peek(&mut begin).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if begin[..length] != PREFACE[..length] {
            return Ok(false);
        }
        if length == PREFACE.len() {
            return Ok(true);
        }
        sleep(PART_EVERY).await;
    }
}

async fn answer(
    mut router: Router,
    peer: IpAddr,
    request: hyper::Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    // HTTP/2 has an authority instead of the header.
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if let Some(Ok(host)) = authority.map(HeaderValue::from_str) {
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
    router.call(request).await
}
