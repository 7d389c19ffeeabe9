//! A push service on loopback, and browsers that subscribe there. They decrypt what comes with other libraries than the
//! product encrypts with.

use super::users::Browser;
use aes_gcm::{Aes128Gcm, KeyInit as _, aead::Aead as _};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::IntoResponse,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use hkdf::Hkdf;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier as _},
};
use serde_json::Value;
use sha2::Sha256;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// What came, and how the next calls are answered.
#[derive(Debug, Default)]
struct Inbox {
    got: Vec<(String, HeaderMap, Bytes)>,
    answers: VecDeque<(StatusCode, Option<&'static str>)>,
    takes: Duration,
}

type Shared = Arc<Mutex<Inbox>>;

#[derive(Debug)]
pub struct PushService {
    address: SocketAddr,
    inbox: Shared,
    serving: JoinHandle<()>,
}

impl PushService {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let inbox = Shared::default();
        let router = Router::new().fallback(take).with_state(inbox.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            address,
            inbox,
            serving,
        }
    }

    /// How the next call is answered that nothing was said of yet.
    pub fn answers(&self, status: u16, retry_after: Option<&'static str>) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.inbox().answers.push_back((status, retry_after));
    }

    /// How long it takes over each call from now on.
    pub fn takes(&self, long: Duration) {
        self.inbox().takes = long;
    }

    /// A browser's subscription; each number is another one.
    pub fn subscription(&self, n: u8) -> Subscription {
        Subscription {
            endpoint: format!("http://{}/send/{n}", self.address),
            secret: SecretKey::from_slice(&[n + 1; 32]).expect("a key"),
            auth: [n; 16],
        }
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.inbox().got.len()
    }

    /// What came for this subscription, as its browser reads it. Whoever sent it is who the browser subscribed to.
    pub fn pushes(&self, to: &Subscription, key: &str, now: i64) -> Vec<Value> {
        let inbox = self.inbox();
        let own = inbox
            .got
            .iter()
            .filter(|(path, ..)| to.endpoint.ends_with(path.as_str()));
        own.map(|(_, headers, body)| {
            self.check(headers, key, now);
            to.decrypt(body)
        })
        .collect()
    }

    fn check(&self, headers: &HeaderMap, key: &str, now: i64) {
        assert_eq!(headers["content-encoding"], "aes128gcm");
        assert_eq!(headers["ttl"], "3600");
        assert_eq!(headers["urgency"], "high");
        assert_eq!(headers["topic"].len(), 32);
        assert!(!headers.contains_key("cookie"));
        let said = headers["authorization"].to_str().expect("text");
        let said = said.strip_prefix("vapid t=").expect("a token");
        let (token, public) = said.split_once(", k=").expect("a key");
        assert_eq!(public, key);
        let (text, signature) = token.rsplit_once('.').expect("a signature");
        let (header, claims) = text.split_once('.').expect("claims");
        assert_eq!(json(header)["alg"], "ES256");
        let claims = json(claims);
        assert_eq!(claims["aud"], format!("http://{}", self.address));
        let ends = claims["exp"].as_i64().expect("a time") - now / 1000;
        assert!((60..=24 * 60 * 60).contains(&ends), "{claims}");
        assert!(claims["sub"].as_str().expect("whom to ask").starts_with("http"));
        let verifier = VerifyingKey::from_sec1_bytes(&bytes(public)).expect("a key");
        let signature = Signature::from_slice(&bytes(signature)).expect("a signature");
        verifier
            .verify(text.as_bytes(), &signature)
            .expect("it is signed");
    }

    fn inbox(&self) -> std::sync::MutexGuard<'_, Inbox> {
        self.inbox.lock().expect("no panic")
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(inbox): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let (takes, (status, retry_after)) = {
        let mut inbox = inbox.lock().expect("no panic");
        inbox.got.push((uri.path().to_owned(), headers, body));
        let answer = inbox.answers.pop_front().unwrap_or((StatusCode::CREATED, None));
        (inbox.takes, answer)
    };
    tokio::time::sleep(takes).await;
    (status, [("retry-after", retry_after.unwrap_or_default())])
}

/// A browser's subscription at the service.
#[derive(Debug)]
pub struct Subscription {
    pub endpoint: String,
    secret: SecretKey,
    auth: [u8; 16],
}

impl Subscription {
    pub fn p256dh(&self) -> String {
        BASE64.encode(self.secret.public_key().to_sec1_bytes())
    }

    pub fn auth(&self) -> String {
        BASE64.encode(self.auth)
    }

    /// The user wants alerts in this browser.
    pub async fn subscribe(&self, browser: &Browser) -> u16 {
        let (p256dh, auth) = (self.p256dh(), self.auth());
        let arguments = [
            ("endpoint", self.endpoint.as_str()),
            ("p256dh", p256dh.as_str()),
            ("auth", auth.as_str()),
        ];
        browser.call("push/subscribe", &arguments).await.status.as_u16()
    }

    /// <https://www.rfc-editor.org/rfc/rfc8291#section-3>
    fn decrypt(&self, body: &[u8]) -> Value {
        assert!(body.len() <= 4096, "push services take no more");
        let (salt, rest) = body.split_at(16);
        let (record, rest) = rest.split_at(4);
        assert_eq!(record, 4096_u32.to_be_bytes());
        let (length, rest) = rest.split_at(1);
        let (sender, sealed) = rest.split_at(usize::from(length[0]));
        let shared = self
            .secret
            .diffie_hellman(&PublicKey::from_sec1_bytes(sender).expect("a key"));
        let own = self.secret.public_key().to_sec1_bytes();
        let info = [b"WebPush: info\0".as_slice(), &own, sender].concat();
        let both = expanded::<32>(&self.auth, shared.raw_secret_bytes(), &info);
        let key = expanded::<16>(salt, &both, b"Content-Encoding: aes128gcm\0");
        let nonce = expanded::<12>(salt, &both, b"Content-Encoding: nonce\0");
        let cipher = Aes128Gcm::new_from_slice(&key).expect("a key");
        let mut text = cipher
            .decrypt(&nonce.into(), sealed)
            .expect("it is for this browser");
        while text.pop_if(|last| *last == 0).is_some() {}
        assert_eq!(text.pop(), Some(2), "the end of the last record");
        serde_json::from_slice(&text).expect("JSON")
    }
}

fn expanded<const N: usize>(salt: &[u8], key: &[u8], info: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let key = Hkdf::<Sha256>::new(Some(salt), key);
    key.expand(info, &mut bytes).expect("a length");
    bytes
}

fn bytes(text: &str) -> Vec<u8> {
    BASE64.decode(text).expect("base64url")
}

fn json(text: &str) -> Value {
    serde_json::from_slice(&bytes(text)).expect("JSON")
}
