//! Whether the server's public address leads to this process. The attempt carries no secret: whoever answers there may
//! be a stranger.

use crate::{Engine, files::link, web};
use domain::doctor::{Reach, is_local};
use reqwest::{
    Client,
    header::{CONTENT_TYPE, USER_AGENT},
};
use std::time::Duration;
use url::Url;
use whatsapp::graph::causes;

const LIMIT: Duration = Duration::from_secs(4);
/// How Meta's fetcher names itself, as servers see it.
const FETCHER: &str = "facebookexternalua";
/// What `/healthz` answers.
const HEALTHY: &[u8] = b"ok";

/// # Errors
/// The process has no TLS.
pub(crate) fn client() -> reqwest::Result<Client> {
    web::client(LIMIT).build()
}

pub(super) async fn attempt(web: &Client, public_url: &Url) -> Reach {
    if public_url.scheme() != "https" || public_url.host_str().is_none_or(is_local) {
        return Reach::NotTried;
    }
    let url = format!("{}/healthz", public_url.as_str().trim_end_matches('/'));
    let mut response = match web.get(url).send().await {
        Ok(response) => response,
        Err(error) => return failure(error),
    };
    let status = response.status().as_u16();
    let first = response.chunk().await.ok().flatten().unwrap_or_default();
    if status == 200 && first.trim_ascii() == HEALTHY {
        Reach::Ours
    } else {
        Reach::NotUs { status }
    }
}

/// Fetches a file from its link, as WhatsApp would: on the public address, and without following a redirect.
pub(super) async fn fetch_probe(engine: &Engine) -> Reach {
    if engine.public_url.scheme() != "https" || engine.public_url.host_str().is_none_or(is_local) {
        return Reach::NotTried;
    }
    let request = engine.web.get(link::probe_address(engine));
    // Proxies that challenge unknown programs may let Meta's through, and the other way round.
    let response = match request.header(USER_AGENT, FETCHER).send().await {
        Ok(response) => response,
        Err(error) => return failure(error),
    };
    let status = response.status().as_u16();
    let told = response.headers().get(CONTENT_TYPE).cloned();
    let content = response.bytes().await.unwrap_or_default();
    // A charset follows.
    let is_text = told.is_some_and(|told| told.as_bytes().starts_with(link::PROBE_TYPE.as_bytes()));
    match status == 200 && is_text && content == link::PROBE {
        true => Reach::Ours,
        false => Reach::NotUs { status },
    }
}

fn failure(error: reqwest::Error) -> Reach {
    let error = error.without_url();
    let first = causes(&error).last();
    let why = first.map(ToString::to_string).unwrap_or_default();
    if why.to_lowercase().contains("certificate") {
        Reach::BadCertificate { why }
    } else {
        Reach::Unreachable { why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::{Certificate, ClientBuilder};
    use rustls::pki_types::PrivateKeyDer;
    use std::{net::SocketAddr, sync::Arc};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };
    use tokio_rustls::TlsAcceptor;

    /// A server for `pbx.test` that gives this answer to every request, and its self-signed certificate.
    async fn server(answer: &'static str) -> (SocketAddr, Certificate) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let own = rcgen::generate_simple_self_signed(["pbx.test".to_owned()]).unwrap();
        let certificate = own.cert.der().clone();
        let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut request = [0; 2048];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
                assert!(request.starts_with("get /healthz http/1.1"), "{request}");
                assert!(
                    !request.contains("authorization") && !request.contains("cookie"),
                    "{request}"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        (address, Certificate::from_der(&certificate).unwrap())
    }

    async fn reached(answer: &'static str, trusts: bool) -> Reach {
        let (address, certificate) = server(answer).await;
        let trust = |builder: ClientBuilder| match trusts {
            true => builder.tls_certs_only([certificate]),
            false => builder,
        };
        let web = trust(web::client(LIMIT).resolve("pbx.test", address))
            .build()
            .unwrap();
        let url = format!("https://pbx.test:{}/", address.port());
        attempt(&web, &url.parse().unwrap()).await
    }

    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n";

    #[tokio::test]
    async fn it_is_we_who_answer() {
        assert_eq!(reached(OK, true).await, Reach::Ours);
    }

    #[tokio::test]
    async fn somebody_else_answers() {
        let page = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<p>Hi</p>";
        assert_eq!(reached(page, true).await, Reach::NotUs { status: 200 });
        let moved = "HTTP/1.1 301 Moved\r\nlocation: https://pbx.test/\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(reached(moved, true).await, Reach::NotUs { status: 301 });
        let gone = "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nok\n";
        assert_eq!(reached(gone, true).await, Reach::NotUs { status: 404 });
    }

    #[tokio::test]
    async fn a_certificate_of_its_own_making_is_named() {
        let reach = reached(OK, false).await;
        assert!(matches!(reach, Reach::BadCertificate { .. }), "{reach:?}");
    }

    #[tokio::test]
    async fn nobody_answers() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = closed.local_addr().unwrap();
        drop(closed);
        let web = web::client(LIMIT).resolve("pbx.test", address).build().unwrap();
        let url = format!("https://pbx.test:{}/", address.port());
        let reach = attempt(&web, &url.parse().unwrap()).await;
        assert!(matches!(reach, Reach::Unreachable { .. }), "{reach:?}");
    }

    #[tokio::test]
    async fn this_machine_alone_is_not_tried() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let web = client().unwrap();
        for url in ["http://pbx.example/", "https://localhost:1/", "https://[::1]:1/"] {
            assert_eq!(
                attempt(&web, &url.parse().unwrap()).await,
                Reach::NotTried,
                "{url}"
            );
        }
    }
}
