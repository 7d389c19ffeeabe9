//! An OpenID Connect provider on loopback that knows everybody, and that misbehaves if it is told to. Its time is the
//! story's. Nobody has to log in there: [`Provider::code_for`] is what a browser brings back.

use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64},
};
use domain::time::Timestamp;
use engine::Clock;
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer as _},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};
use url::{Position, Url, form_urlencoded};

pub const CLIENT: &str = "switchboard";
/// Whoever sends it has to encode it: <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
pub const SECRET: &str = "not easy/to+spell: 100%";
/// It has a path, as that of many companies.
const REALM: &str = "/realms/acme";
/// Where a call that is redirected would be answered.
const MOVED: &str = "moved";
const CODE_WITHIN: Duration = Duration::from_secs(60);
const TOKEN_SECONDS: i64 = 300;
const TOO_LARGE: usize = 3_000_000;
const FOR_EVER: Duration = Duration::from_secs(600);
/// The number of a key that is nowhere published.
const UNPUBLISHED: u8 = 200;

/// What the provider says of somebody.
#[derive(Debug, Clone)]
pub struct Person {
    pub subject: String,
    pub email: Option<String>,
    pub is_verified: bool,
    pub name: String,
    pub groups: Vec<String>,
}

impl Person {
    pub fn new(subject: &str, email: &str, name: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            email: Some(email.to_owned()),
            is_verified: true,
            name: name.to_owned(),
            groups: Vec::new(),
        }
    }

    pub fn in_groups(self, groups: &[&str]) -> Self {
        Self {
            groups: groups.iter().map(ToString::to_string).collect(),
            ..self
        }
    }

    fn claims(&self) -> Vec<(&'static str, Value)> {
        let mut claims = vec![("name", json!(self.name)), ("groups", json!(self.groups))];
        if let Some(email) = &self.email {
            claims.push(("email", json!(email)));
            claims.push(("email_verified", json!(self.is_verified)));
        }
        claims
    }
}

/// What the provider is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    Discovery,
    Keys,
    Token,
    UserInfo,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Down,
    Hangs,
    /// The right answer, and three megabytes of white space.
    TooLarge,
    /// To where the right answer is.
    Redirects,
    Html,
}

/// What is wrong with what the provider says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgery {
    WrongNonce,
    NoNonce,
    OtherAudience,
    MoreAudiences,
    OtherIssuer,
    Expired,
    NoSignature,
    /// Signed by the client's secret, as the provider does not say that it does.
    BySecret,
    UnpublishedKey,
    /// An unpublished key with the name of the published one.
    StolenName,
    /// The token belongs to another access token.
    WrongHash,
    NoToken,
    /// The user info is somebody else's.
    OtherSubject,
}

impl Forgery {
    pub const ALL: [Self; 13] = [
        Self::WrongNonce,
        Self::NoNonce,
        Self::OtherAudience,
        Self::MoreAudiences,
        Self::OtherIssuer,
        Self::Expired,
        Self::NoSignature,
        Self::BySecret,
        Self::UnpublishedKey,
        Self::StolenName,
        Self::WrongHash,
        Self::NoToken,
        Self::OtherSubject,
    ];
}

/// How the provider differs from others.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    pub forgery: Option<Forgery>,
    pub trouble: Option<(Endpoint, Trouble)>,
    /// Claims that only the user info has.
    pub apart: &'static [&'static str],
    /// Whoever is logged in there is not asked again, whatever the client wants.
    pub ignores_prompt: bool,
    /// It does not say when somebody logged in there.
    pub no_auth_time: bool,
    /// It says that this happens so much later.
    pub auth_time_ahead: Duration,
    /// The client has to send its secret in the body.
    pub post_only: bool,
    /// It calls itself something else than the client does.
    pub other_issuer: bool,
}

#[derive(Debug)]
pub struct Provider {
    shared: Shared,
    serving: JoinHandle<()>,
}

type Shared = Arc<Inner>;
type Reply = (StatusCode, Value);

#[derive(Debug)]
struct Inner {
    issuer: String,
    clock: OnceLock<Clock>,
    state: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    ways: Ways,
    /// The published one.
    key: Key,
    /// How many there have been.
    keys: u8,
    codes: HashMap<String, Issued>,
    /// Access tokens.
    tokens: HashMap<String, Person>,
    /// Since when each subject is logged in here.
    logged_in: HashMap<String, Timestamp>,
    calls: [usize; 4],
    /// How many codes and tokens there have been.
    issued: usize,
}

/// What a code stands for.
#[derive(Debug)]
struct Issued {
    person: Person,
    nonce: String,
    challenge: String,
    redirect: String,
    authenticated_at: Timestamp,
    until: Timestamp,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let memory = Memory {
            ways: Ways::default(),
            key: Key::new(1),
            keys: 1,
            codes: HashMap::new(),
            tokens: HashMap::new(),
            logged_in: HashMap::new(),
            calls: [0; 4],
            issued: 0,
        };
        let shared = Arc::new(Inner {
            issuer: format!("http://{address}{REALM}"),
            clock: OnceLock::new(),
            state: Mutex::new(memory),
        });
        let router = Router::new()
            .route(
                &format!("{REALM}/.well-known/openid-configuration"),
                get(discovery),
            )
            .route(&format!("{REALM}/keys"), get(keys))
            .route(&format!("{REALM}/token"), post(token))
            .route(&format!("{REALM}/userinfo"), get(user_info))
            .with_state(shared.clone());
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { shared, serving }
    }

    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// From now on its time is this clock's.
    pub fn follow(&self, clock: &Clock) {
        self.shared.clock.set(clock.clone()).expect("one story");
    }

    /// Changes its ways from now on.
    pub fn ways(&self, change: impl FnOnce(&mut Ways)) {
        change(&mut self.shared.state().ways);
    }

    /// Signs with a new key, and publishes no other any more.
    pub fn rotate_keys(&self) {
        let mut state = self.shared.state();
        state.keys += 1;
        state.key = Key::new(state.keys);
    }

    /// How often this was asked for.
    pub fn calls(&self, of: Endpoint) -> usize {
        self.shared.state().calls[of as usize]
    }

    /// Somebody logs in at the address to which the client has sent their browser, or is logged in. Returns the path to
    /// which the browser is sent back.
    pub fn code_for(&self, sent_to: &str, person: &Person) -> String {
        let asked = self.asked(sent_to);
        let said = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        assert_eq!(said("response_type"), "code");
        assert_eq!(said("client_id"), CLIENT);
        assert_eq!(said("code_challenge_method"), "S256");
        for name in ["code_challenge", "nonce", "state"] {
            assert!(said(name).len() >= 16, "{name}: {asked:?}");
        }
        assert!(said("scope").split(' ').any(|scope| scope == "openid"));

        let now = self.shared.now();
        let wants = said("prompt").split(' ').any(|prompt| prompt == "login");
        let most = asked.get("max_age");
        let most = most.map(|seconds| Duration::from_secs(seconds.parse().expect("seconds")));
        let is_enough = |at: Timestamp| !wants && most.is_none_or(|most| now.since(at) < most);
        let mut state = self.shared.state();
        let ignores = state.ways.ignores_prompt;
        let earlier = state.logged_in.get(&person.subject).copied();
        let at = earlier.filter(|at| ignores || is_enough(*at)).unwrap_or(now);
        state.logged_in.insert(person.subject.clone(), at);
        let issued = Issued {
            person: person.clone(),
            nonce: said("nonce").to_owned(),
            challenge: said("code_challenge").to_owned(),
            redirect: said("redirect_uri").to_owned(),
            authenticated_at: at,
            until: now.plus(CODE_WITHIN),
        };
        let code = state.name("code");
        state.codes.insert(code.clone(), issued);
        let answer = [
            ("code", code.as_str()),
            ("state", said("state")),
            ("iss", self.issuer()),
        ];
        sent_back(said("redirect_uri"), &answer)
    }

    /// Somebody does not want to log in. Returns the path to which their browser is sent back.
    pub fn cancel(&self, sent_to: &str) -> String {
        let asked = self.asked(sent_to);
        let answer = [
            ("error", "access_denied"),
            ("error_description", "They do not want to."),
            ("state", asked["state"].as_str()),
        ];
        sent_back(&asked["redirect_uri"], &answer)
    }

    fn asked(&self, sent_to: &str) -> HashMap<String, String> {
        let here = format!("{}/authorize?", self.issuer());
        assert!(sent_to.starts_with(&here), "{sent_to}");
        let sent_to = Url::parse(sent_to).expect("a URL");
        sent_to.query_pairs().into_owned().collect()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn sent_back(redirect: &str, answer: &[(&str, &str)]) -> String {
    let mut to = Url::parse(redirect).expect("a URL");
    to.query_pairs_mut().extend_pairs(answer);
    to[Position::BeforePath..].to_owned()
}

async fn discovery(State(shared): State<Shared>, uri: Uri) -> Response {
    shared.answer(Endpoint::Discovery, &uri, Inner::metadata).await
}

async fn keys(State(shared): State<Shared>, uri: Uri) -> Response {
    shared.answer(Endpoint::Keys, &uri, Inner::published_keys).await
}

async fn token(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let well = |inner: &Inner| inner.exchanged(&headers, &form);
    shared.answer(Endpoint::Token, &uri, well).await
}

async fn user_info(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let well = |inner: &Inner| inner.user_info(&headers);
    shared.answer(Endpoint::UserInfo, &uri, well).await
}

impl Inner {
    fn now(&self) -> Timestamp {
        self.clock.get().expect("it follows a clock").now()
    }

    fn state(&self) -> MutexGuard<'_, Memory> {
        self.state.lock().expect("no panic")
    }

    /// Answers well, unless it has been told to answer in another way.
    async fn answer(&self, of: Endpoint, uri: &Uri, well: impl FnOnce(&Self) -> Reply) -> Response {
        let trouble = {
            let mut state = self.state();
            state.calls[of as usize] += 1;
            let trouble = state.ways.trouble.filter(|(at, _)| *at == of);
            trouble.map(|(_, trouble)| trouble)
        };
        let padding = match trouble {
            Some(Trouble::Down) => {
                return (StatusCode::INTERNAL_SERVER_ERROR, "out of order").into_response();
            }
            Some(Trouble::Hangs) => {
                sleep(FOR_EVER).await;
                return StatusCode::GATEWAY_TIMEOUT.into_response();
            }
            Some(Trouble::Html) => {
                let page = "<!doctype html><title>Log in</title>";
                return ([(header::CONTENT_TYPE, "text/html")], page).into_response();
            }
            Some(Trouble::Redirects) if uri.query() != Some(MOVED) => {
                let to = format!("{}?{MOVED}", uri.path());
                return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
            }
            Some(Trouble::TooLarge) => TOO_LARGE,
            Some(Trouble::Redirects) | None => 0,
        };
        let (status, body) = well(self);
        let body = body.to_string() + &" ".repeat(padding);
        (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    /// <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata>
    fn metadata(&self) -> Reply {
        let issuer = &self.issuer;
        let ways = self.state().ways.clone();
        let methods: &[&str] = match ways.post_only {
            true => &["client_secret_post"],
            false => &["client_secret_basic", "client_secret_post"],
        };
        let metadata = json!({
            "issuer": if ways.other_issuer { format!("{issuer}/other") } else { issuer.clone() },
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": methods,
            "scopes_supported": ["openid", "email", "profile"],
            "code_challenge_methods_supported": ["S256"],
        });
        (StatusCode::OK, metadata)
    }

    /// Among others that the client need not understand.
    fn published_keys(&self) -> Reply {
        let unknown = json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "of-tomorrow", "pub": "AAAA"});
        let keys = json!({"keys": [unknown, self.state().key.published()]});
        (StatusCode::OK, keys)
    }

    /// <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>, <https://www.rfc-editor.org/rfc/rfc7636#section-4.6>
    fn exchanged(&self, headers: &HeaderMap, form: &HashMap<String, String>) -> Reply {
        let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let now = self.now();
        let mut state = self.state();
        if !is_client(&state.ways, headers, form) {
            return (StatusCode::UNAUTHORIZED, json!({"error": "invalid_client"}));
        }
        let invalid = (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"}));
        let Some(issued) = state.codes.remove(said("code")) else {
            return invalid;
        };
        let is_right = said("grant_type") == "authorization_code"
            && said("redirect_uri") == issued.redirect
            && BASE64.encode(Sha256::digest(said("code_verifier"))) == issued.challenge
            && now < issued.until;
        if !is_right {
            return invalid;
        }
        let access_token = state.name("access");
        let id_token = self.id_token(&state, &issued, &access_token);
        let mut answer =
            json!({"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS});
        if state.ways.forgery != Some(Forgery::NoToken) {
            answer["id_token"] = json!(id_token);
        }
        state.tokens.insert(access_token, issued.person);
        (StatusCode::OK, answer)
    }

    /// <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
    fn id_token(&self, state: &Memory, issued: &Issued, access_token: &str) -> String {
        let ways = &state.ways;
        let now = self.now().millis() / 1000;
        let mut claims = json!({
            "iss": self.issuer,
            "sub": issued.person.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "nonce": issued.nonce,
            "at_hash": half_hash(access_token),
        });
        if !ways.no_auth_time {
            let at = issued.authenticated_at.plus(ways.auth_time_ahead);
            claims["auth_time"] = json!(at.millis() / 1000);
        }
        let is_short = ways.forgery == Some(Forgery::OtherSubject);
        for (name, value) in issued.person.claims() {
            if !is_short && !ways.apart.contains(&name) {
                claims[name] = value;
            }
        }
        match ways.forgery {
            Some(Forgery::WrongNonce) => claims["nonce"] = json!("another"),
            Some(Forgery::NoNonce) => claims["nonce"] = Value::Null,
            Some(Forgery::OtherAudience) => claims["aud"] = json!("another"),
            Some(Forgery::MoreAudiences) => claims["aud"] = json!([CLIENT, "another"]),
            Some(Forgery::OtherIssuer) => claims["iss"] = json!(format!("{}/other", self.issuer)),
            Some(Forgery::Expired) => claims["exp"] = json!(now),
            Some(Forgery::WrongHash) => claims["at_hash"] = json!(half_hash("another")),
            _ => {}
        }

        let unpublished = Key::new(UNPUBLISHED);
        let (key, name) = match ways.forgery {
            Some(Forgery::UnpublishedKey) => (&unpublished, &unpublished.name),
            Some(Forgery::StolenName) => (&unpublished, &state.key.name),
            _ => (&state.key, &state.key.name),
        };
        let algorithm = match ways.forgery {
            Some(Forgery::NoSignature) => "none",
            Some(Forgery::BySecret) => "HS256",
            _ => "ES256",
        };
        let header = json!({"typ": "JWT", "alg": algorithm, "kid": name}).to_string();
        let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims.to_string()));
        let signature = match algorithm {
            "none" => Vec::new(),
            "HS256" => mac(&text),
            _ => key.sign(&text),
        };
        format!("{text}.{}", BASE64.encode(signature))
    }

    fn user_info(&self, headers: &HeaderMap) -> Reply {
        let said = headers
            .get(header::AUTHORIZATION)
            .and_then(|said| said.to_str().ok());
        let token = said.and_then(|said| said.strip_prefix("Bearer "));
        let state = self.state();
        let Some(person) = token.and_then(|token| state.tokens.get(token)) else {
            return (StatusCode::UNAUTHORIZED, json!({"error": "invalid_token"}));
        };
        let subject = match state.ways.forgery {
            Some(Forgery::OtherSubject) => "somebody-else",
            _ => person.subject.as_str(),
        };
        let mut info = json!({"sub": subject});
        for (name, value) in person.claims() {
            info[name] = value;
        }
        (StatusCode::OK, info)
    }
}

impl Memory {
    /// A name that no other code or token has.
    fn name(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}-{}", self.issued)
    }
}

fn is_client(ways: &Ways, headers: &HeaderMap, form: &HashMap<String, String>) -> bool {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let said = headers.get(header::AUTHORIZATION);
    if ways.post_only {
        let is = |name: &str, value: &str| form.get(name).is_some_and(|said| said == value);
        return said.is_none() && is("client_id", CLIENT) && is("client_secret", SECRET);
    }
    let both = format!("{}:{}", encoded(CLIENT), encoded(SECRET));
    let expected = format!("Basic {}", BASE64_STANDARD.encode(both));
    said.is_some_and(|said| said.as_bytes() == expected.as_bytes())
}

/// <https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken>
fn half_hash(token: &str) -> String {
    BASE64.encode(&Sha256::digest(token)[..16])
}

fn mac(text: &str) -> Vec<u8> {
    let digits = whatsapp::signature::digest(&SECRET.into(), text.as_bytes());
    hex::decode(digits).expect("hex digits")
}

/// Each number is another one.
#[derive(Debug, Clone)]
struct Key {
    name: String,
    secret: SecretKey,
}

impl Key {
    fn new(n: u8) -> Self {
        Self {
            name: format!("key-{n}"),
            secret: SecretKey::from_slice(&[n; 32]).expect("a key"),
        }
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        let signature: Signature = SigningKey::from(&self.secret).sign(text.as_bytes());
        signature.to_vec()
    }

    /// <https://www.rfc-editor.org/rfc/rfc7518#section-6.2>
    fn published(&self) -> Value {
        let point = self.secret.public_key().to_sec1_bytes();
        let (x, y) = point[1..].split_at(32);
        json!({
            "kty": "EC",
            "use": "sig",
            "alg": "ES256",
            "crv": "P-256",
            "kid": self.name,
            "x": BASE64.encode(x),
            "y": BASE64.encode(y),
        })
    }
}
