//! Sends input that neither the console nor an honest script sends (nothing, nonsense, NULs, very long texts) to every
//! server function and every route of the API.

use crate::{
    stories,
    support::{Story, http::Answer, panics, users::Browser, world::id_of},
};
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};
use server::http::{
    pages,
    routes::{Access, routes},
};
use url::form_urlencoded;

stories! {
    no_server_function_breaks_over_its_input
    no_route_of_the_api_breaks_over_its_input
    no_address_that_cannot_be_a_text_breaks_anything
}

const LONG: usize = 60_000;
/// Numbers at the limits of 64-bit arithmetic, and beyond.
const NUMBERS: [&str; 6] = [
    "9223372036854775807",
    "-9223372036854775808",
    "-1",
    "0",
    "4294967296",
    "99999999999999999999",
];
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Every argument name that a server function uses, with a value that is valid for at least one of them.
fn arguments(session: &str) -> Vec<(&'static str, String)> {
    let known = [
        ("after", NOBODY),
        ("body", "Hello"),
        ("channel", NOBODY),
        ("cursor", ""),
        ("disabled", "true"),
        ("file", NOBODY),
        ("filter[channel]", ""),
        ("filter[reason]", ""),
        ("form[countries][]", "CZ"),
        ("form[messages_per_second]", "80"),
        ("form[file_way]", "upload"),
        ("form[unconfirmed]", "ask"),
        ("form[read_receipts]", "never"),
        ("form[templates_allowed]", "true"),
        ("form[destination]", ""),
        ("form[door]", "console"),
        ("form[login]", "somebody"),
        ("form[members][]", NOBODY),
        ("form[name]", "Support"),
        ("form[number]", "201"),
        ("form[password]", "correct horse battery"),
        ("form[phone_number]", "+420777123456"),
        ("form[phone_number_id]", "300000000000001"),
        ("form[pick_up]", "manual"),
        ("form[role]", "operator"),
        ("form[waba_id]", "200000000000001"),
        ("form[who]", "everybody"),
        ("id", NOBODY),
        ("key", "a-key"),
        ("language", "cs"),
        ("login", "admin"),
        ("message", NOBODY),
        ("name", "Support"),
        ("next", "/"),
        ("number", "{}"),
        ("outgoing", r#"{"type": "text", "text": {"body": "Hello"}}"#),
        ("password", "a wrong password"),
        ("pin", "123456"),
        ("place", "app"),
        ("search", "hello"),
        ("session", session),
        ("tab", "all"),
        ("template", "900000000000001"),
        ("theme", "dark"),
        ("token", "none"),
        ("values[body.1]", "Jana"),
        ("version", "1"),
    ];
    known.map(|(name, value)| (name, value.to_owned())).to_vec()
}

async fn no_server_function_breaks_over_its_input(story: &Story) {
    panics::count();
    let session = waiting_session(story).await;
    let admin = story.admin("admin").await;
    let stranger = Browser::new(story);
    let arguments = arguments(&session);
    let with = |changed: &str, value: &str| {
        let pairs = arguments.iter().map(|(name, usual)| match *name == changed {
            true => (*name, value),
            false => (*name, usual.as_str()),
        });
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        body.into_bytes()
    };
    let long = "x".repeat(LONG);
    let mut bodies: Vec<Vec<u8>> = [
        "",
        "%",
        "=&=&&",
        "nonsense",
        "[[[[[[",
        "id[]=1&id[]=2",
        "form=1&id[a]=2",
        "id=%ff",
        "tab=%00",
    ]
    .map(|body| body.as_bytes().to_vec())
    .to_vec();
    bodies.push(b"id=\xff\x00\xfe".to_vec());
    // Where a message is given, the text of a plain form is not read.
    bodies.push(format!("session={session}&body=a%00b").into_bytes());
    for (name, usual) in &arguments {
        bodies.push(with(name, "a\0b"));
        bodies.push(with(name, &long));
        if usual.parse::<i64>().is_ok() {
            bodies.extend(NUMBERS.map(|number| with(name, number)));
        }
    }
    // The functions that end the log-in session come last.
    let mut functions = pages::functions();
    functions.sort_by_key(|path| (path.starts_with("/rpc/auth/"), *path));
    assert!(functions.len() > 30);
    for path in functions {
        for (n, body) in bodies.iter().enumerate() {
            // Only these functions do more for a stranger than ask for a log-in.
            let open = n < 12 || path.starts_with("/rpc/auth/");
            for browser in [&admin, &stranger].into_iter().take(if open { 2 } else { 1 }) {
                let call = browser
                    .request(Method::POST, path)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::ACCEPT, "application/json")
                    .body(body.clone());
                check(path, body, send(call).await);
            }
        }
    }
    panics::assert_none();
}

async fn no_route_of_the_api_breaks_over_its_input(story: &Story) {
    panics::count();
    let session = waiting_session(story).await;
    let long = "x".repeat(LONG);
    let bodies = |text: &Value| {
        let members = [
            "name",
            "login",
            "password",
            "role",
            "number",
            "pick_up",
            "phone_number",
            "phone_number_id",
            "waba_id",
            "access_token",
            "app_secret",
            "body",
            "type",
            "extension",
            "to",
        ];
        let object: serde_json::Map<String, Value> = members
            .iter()
            .map(|name| ((*name).to_owned(), text.clone()))
            .collect();
        let mut deep = object.clone();
        deep.insert("text".to_owned(), json!({ "body": text }));
        deep.insert("type".to_owned(), json!("text"));
        deep.insert("members".to_owned(), json!([text]));
        [Value::Object(object).to_string(), Value::Object(deep).to_string()]
    };
    let mut all: Vec<String> = [
        "",
        "{",
        "{}",
        "[]",
        "null",
        "7",
        "\"text\"",
        "{\"name\": 7}",
        "\u{feff}{}",
    ]
    .map(str::to_owned)
    .to_vec();
    for text in ["a\0b", long.as_str(), "x"] {
        all.extend(bodies(&json!(text)));
    }
    all.extend(bodies(&json!(i64::MAX)));
    let mut queries: Vec<String> = [
        "",
        "?cursor=%00",
        "?cursor=x&limit=99999999999999999999",
        "?limit=1&limit=2",
        "?cursor=%ff",
        "?reason=x",
        "?within=x",
        "?channel=x",
        "?reason=unknown_number&reason=unknown_number",
    ]
    .map(str::to_owned)
    .to_vec();
    queries.extend(NUMBERS.map(|number| format!("?limit={number}")));
    queries.extend(NUMBERS.map(|number| format!("?cursor={number}_{NOBODY}")));
    // A key that is used again would be answered before anything reads the body.
    let mut keys = 0..;
    for route in routes().iter().filter(|route| route.access == Access::Token) {
        for id in [
            session.as_str(),
            NOBODY,
            "x",
            "%ff",
            "%00",
            &"x".repeat(LONG / 10),
        ] {
            let path = route.path.replace("{id}", id).replace("{*rest}", id);
            for query in &queries {
                let get = story.api.request(Method::GET, &format!("{path}{query}"));
                check(&path, query.as_bytes(), send(get).await);
            }
            for body in all.iter().filter(|_| id == session || id == NOBODY) {
                for method in [Method::POST, Method::DELETE] {
                    let key: u32 = keys.next().expect("a number");
                    let call = story
                        .api
                        .request(method, &path)
                        .header(header::CONTENT_TYPE, "application/json")
                        .header("idempotency-key", key)
                        .body(body.clone());
                    check(&path, body.as_bytes(), send(call).await);
                }
            }
        }
    }
    panics::assert_none();
}

async fn no_address_that_cannot_be_a_text_breaks_anything(story: &Story) {
    let admin = story.admin("admin").await;
    for path in [
        "/inbox?q=%00",
        "/inbox/%00",
        "/login?next=%00",
        "/setup?token=%00",
        "/system/deliveries?reason=%00",
        "/webhooks/whatsapp/%00",
        "/webhooks/whatsapp/a%00b?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1",
        "/pkg/%00",
        "/files/%00",
        "/%00",
    ] {
        let answer = admin.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {answer:?}");
    }
    for path in ["/webhooks/whatsapp/%00", "/webhooks/whatsapp/%ff"] {
        let unknown = admin.request(Method::POST, path).body("{}");
        assert_eq!(send(unknown).await.status, 404);
    }
    for path in [
        "/webhooks/whatsapp/%ff?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1",
        "/inbox/cards/%ff/1",
        "/pkg/%ff",
        "/files/%ff",
        "/%ff",
        "/inbox/%ff",
        "/channels/%ff",
        "/system/deliveries/%ff",
        "/api/v1/sessions/%ff",
        "/api/v1/channels/%ff/health",
        "/api/%ff",
    ] {
        let mut get = admin.request(Method::GET, path);
        if path.starts_with("/api") {
            get = story.api.request(Method::GET, path);
        }
        let answer = send(get).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(!answer.text.contains("Invalid"), "{path}: {answer:?}");
    }
    let long = "x".repeat(LONG / 2);
    let answer = admin.get(&format!("/inbox?q={long}")).await;
    assert!(answer.status.is_success(), "{}", answer.status);
}

async fn waiting_session(story: &Story) -> String {
    let line = story.support().await;
    story.says(story.customer(1), &line, "Hello").await;
    id_of(&story.session().await)
}

async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

/// Asserts that the answer is no internal error and contains no text of a library.
#[track_caller]
fn check(path: &str, body: &[u8], answer: Answer) {
    let shown = String::from_utf8_lossy(&body[..body.len().min(200)]);
    let text = &answer.text[..answer.text.floor_char_boundary(300)];
    assert!(
        answer.status.as_u16() < 500,
        "{path} {shown}: {} {text}",
        answer.status
    );
    if answer.status.is_success() {
        return;
    }
    for word in [
        "missing field",
        "invalid type",
        "invalid value",
        "unknown variant",
        "eserializ",
        "duplicate field",
        "number too",
        "invalid digit",
        "expected `",
        "expected value",
        "UTF-8",
        "utf-8 sequence",
    ] {
        assert!(!answer.text.contains(word), "{path} {shown}: {text}");
    }
}
