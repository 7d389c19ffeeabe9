//! The client against a small server: what it sends, and how it reads every kind of answer.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;
use whatsapp::{
    WaId, Wamid,
    errors::RetryClass,
    graph::{Accepted, ApiError, Graph, GraphError, Outbound, Recipient, SetupError},
};

const TOKEN: &str = "EAAG-very-secret";

#[derive(Debug)]
struct Seen {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Value,
}

/// A server that gives the same answer to every request and records the requests.
async fn server(status: u16, answer: impl Into<Vec<u8>>) -> (Url, Arc<Mutex<Vec<Seen>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (answer, log) = (answer.into(), seen.clone());
    let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        let body = serde_json::from_slice(&body).unwrap_or_default();
        log.lock().unwrap().push(Seen {
            method,
            uri,
            headers,
            body,
        });
        let location = [(header::LOCATION, "/elsewhere")];
        let response: Response = (StatusCode::from_u16(status).unwrap(), location, answer).into_response();
        response
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    (url, seen)
}

/// A server that reads the request and then writes only these bytes, or waits if there are none.
async fn raw_server(answer: Option<&'static str>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        match answer {
            Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            None => std::future::pending().await,
        }
    });
    url
}

fn client(base: Url) -> Graph {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Graph::with_timeouts(base, "v25.0", Duration::from_secs(5), Duration::from_millis(500)).unwrap()
}

fn message() -> Outbound {
    Outbound {
        to: Recipient::WaId(WaId::parse("420777123456").unwrap()),
        message: Map::from_iter([
            ("type".to_owned(), json!("text")),
            ("text".to_owned(), json!({ "body": "hello", "preview_url": true })),
        ]),
        callback_data: Some("message-7".into()),
    }
}

async fn send(base: Url) -> Result<Accepted, GraphError> {
    client(base).send(&TOKEN.into(), "1065", &message()).await
}

async fn send_to(status: u16, answer: impl Into<Vec<u8>>) -> Result<Accepted, GraphError> {
    send(server(status, answer).await.0).await
}

fn accepted() -> String {
    json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": "+420 777", "wa_id": "420777123456", "user_id": "CZ.1" }],
        "messages": [{ "id": "wamid.X", "message_status": "accepted" }],
    })
    .to_string()
}

#[tokio::test]
async fn an_accepted_message() {
    let (url, seen) = server(200, accepted()).await;
    let accepted = send(url).await.unwrap();
    assert_eq!(accepted.wamid, Wamid::parse("wamid.X").unwrap());
    assert_eq!(accepted.wa_id.unwrap().as_str(), "420777123456");
    assert_eq!(accepted.bsuid.unwrap().as_str(), "CZ.1");

    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(
        (seen.len(), &seen[0].method, seen[0].uri.path()),
        (1, &Method::POST, "/v25.0/1065/messages")
    );
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(seen[0].headers["content-type"], "application/json");
    assert!(
        seen[0].headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("switchboard/")
    );
    assert_eq!(seen[0].body["to"], "420777123456");
    assert_eq!(
        seen[0].body["text"],
        json!({ "body": "hello", "preview_url": true })
    );
    assert_eq!(seen[0].body["biz_opaque_callback_data"], "message-7");
    assert_eq!(
        seen[0].uri.query(),
        None,
        "the token belongs in a header, not in an address"
    );
}

#[tokio::test]
async fn an_answer_without_a_number() {
    let answer = json!({ "contacts": [{ "input": "CZ.1", "user_id": "CZ.1" }], "messages": [{ "id": "w" }] });
    let accepted = send_to(200, answer.to_string()).await.unwrap();
    assert_eq!((accepted.wa_id, accepted.bsuid.unwrap().as_str()), (None, "CZ.1"));
    let bare = send_to(200, r#"{"messages":[{"id":"w"}]}"#).await.unwrap();
    assert_eq!((bare.wa_id, bare.bsuid), (None, None));
}

#[tokio::test]
async fn the_address_may_have_a_path() {
    for path in ["/stand/in", "/stand/in/", "/stand/in/?ignored=1#ignored"] {
        let (url, seen) = server(200, accepted()).await;
        send(url.join(path).unwrap()).await.unwrap();
        assert_eq!(
            seen.lock().unwrap()[0].uri.to_string(),
            "/stand/in/v25.0/1065/messages"
        );
    }
}

#[tokio::test]
async fn an_id_cannot_change_the_path() {
    let (url, seen) = server(200, accepted()).await;
    for id in [
        "",
        ".",
        "..",
        "1/../2",
        "1%2F2",
        "1?x",
        "1#x",
        "1\\2",
        "jedna dvě",
    ] {
        let error = client(url.clone())
            .send(&TOKEN.into(), id, &message())
            .await
            .unwrap_err();
        assert_eq!(error.class(), RetryClass::Account, "{id}");
        assert!(!error.may_have_been_accepted());
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_that_fits_no_header_is_not_sent() {
    let (url, seen) = server(200, accepted()).await;
    let error = client(url)
        .send(&"a\nb".into(), "1065", &message())
        .await
        .unwrap_err();
    assert_eq!(error.class(), RetryClass::Reauth);
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_refusal_is_read_to_the_last_field() {
    let answer = json!({ "error": {
        "message": "(#131056) Pair rate limit hit", "type": "OAuthException", "code": 131_056,
        "error_subcode": "2494", "error_data": { "messaging_product": "whatsapp", "details": "too many" },
        "fbtrace_id": "Az", "error_user_title": "Title", "error_user_msg": "Message",
    }});
    let error = send_to(400, answer.to_string()).await.unwrap_err();
    assert_eq!(
        error,
        GraphError::Refused(Box::new(ApiError {
            http_status: 400,
            code: 131_056,
            subcode: Some(2494),
            message: "(#131056) Pair rate limit hit".into(),
            details: Some("too many".into()),
            is_transient: false,
            fbtrace_id: Some("Az".into()),
            user_title: Some("Title".into()),
            user_msg: Some("Message".into()),
            retry_after: None,
        }))
    );
    assert_eq!(
        (error.class(), error.may_have_been_accepted()),
        (RetryClass::Retry, false)
    );
}

#[tokio::test]
async fn an_error_object_counts_whatever_the_http_status() {
    for status in [200, 401, 500] {
        let error = send_to(status, r#"{"error":{"message":"expired","code":190}}"#)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, GraphError::Refused(e) if e.http_status == status),
            "{error:?}"
        );
        assert_eq!(error.class(), RetryClass::Reauth);
    }
}

fn unreadable(http_status: u16) -> GraphError {
    GraphError::Unreadable {
        http_status,
        retry_after: None,
    }
}

#[tokio::test]
async fn a_gateways_page_is_unreadable() {
    for (status, class) in [
        (502, RetryClass::Retry),
        (429, RetryClass::Retry),
        (404, RetryClass::Request),
    ] {
        let error = send_to(status, "<html>Bad Gateway</html>").await.unwrap_err();
        assert_eq!((&error, error.class()), (&unreadable(status), class));
        assert_eq!(error.may_have_been_accepted(), status == 502);
    }
    let no_code = send_to(400, r#"{"error":"a string"}"#).await;
    assert_eq!(no_code, Err(unreadable(400)));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (url, seen) = server(302, "").await;
    assert_eq!(send(url).await, Err(unreadable(302)));
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_may_have_been_accepted() {
    let endless = format!(
        r#"{{"padding":"{}","messages":[{{"id":"w"}}]}}"#,
        "x".repeat(1024 * 1024)
    );
    for answer in [
        "",
        "<html>",
        "{}",
        r#"{"messages":[]}"#,
        r#"{"messages":[{"id":""}]}"#,
        &endless,
    ] {
        let error = send_to(200, answer).await.unwrap_err();
        assert_eq!(error, GraphError::AcceptedUnread { http_status: 200 });
        assert!(error.may_have_been_accepted());
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_breaks_off_leaves_the_outcome_unknown() {
    for answer in [None, Some(""), Some("HTTP/1.1 200")] {
        let error = send(raw_server(answer).await).await.unwrap_err();
        assert!(matches!(error, GraphError::Unknown(_)), "{answer:?} {error:?}");
        assert_eq!(error.class(), RetryClass::Retry);
    }
}

#[tokio::test]
async fn a_success_that_breaks_off_may_have_been_accepted() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[{\"id\":\"w\"}]";
    let error = send(raw_server(Some(cut)).await).await.unwrap_err();
    assert_eq!(error, GraphError::AcceptedUnread { http_status: 200 });
}

#[tokio::test]
async fn retry_after_is_read_in_seconds_and_as_a_date() {
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT";
    for (head, wait) in [
        ("retry-after: 120".to_owned(), Some(120)),
        ("retry-after: 0".to_owned(), Some(0)),
        ("retry-after: 99999999999999999999999".to_owned(), Some(u64::MAX)),
        // By the server's clock.
        (
            format!("{date}\r\nretry-after: Sun, 06 Nov 1994 08:51:37 GMT"),
            Some(120),
        ),
        (
            format!("{date}\r\nretry-after: Sun, 06 Nov 1994 08:40:00 GMT"),
            Some(0),
        ),
        // Without a `Date` the local clock counts.
        ("retry-after: Sun, 06 Nov 1994 08:51:37 GMT".to_owned(), Some(60)),
        ("retry-after: soon".to_owned(), None),
        ("retry-after: -5".to_owned(), None),
        ("x-other: 1".to_owned(), None),
    ] {
        let refusal = r#"{"error":{"message":"slow down","code":130429}}"#;
        for (status, body) in [(503, "<html>"), (429, refusal)] {
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}");
            let error = send(raw_server(Some(answer.leak())).await).await.unwrap_err();
            let found = error.retry_after().map(|after| after.wait(784_111_837).as_secs());
            assert_eq!(found, wait, "{head} {error:?}");
        }
    }
}

#[tokio::test]
async fn a_refused_connection_was_certainly_not_accepted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = send(url).await.unwrap_err();
    assert!(matches!(error, GraphError::NotSent(_)), "{error:?}");
    assert!(!error.may_have_been_accepted());
    let text = format!("{error} {error:?}");
    assert!(!text.contains("1065") && !text.contains("http://"), "{text}");
}

#[tokio::test]
async fn the_token_is_nowhere_to_be_read() {
    let token = SecretString::from(TOKEN);
    let graph = client(raw_server(None).await);
    let error = graph.send(&token, "1065", &message()).await.unwrap_err();
    let broken = graph
        .send(&format!("{TOKEN}\n").into(), "1065", &message())
        .await
        .unwrap_err();
    let text = format!(
        "{graph:?} {token:?} {error} {error:?} {broken} {broken:?} {:?}",
        message()
    );
    assert!(!text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn a_look_at_a_number() {
    let answer = json!({
        "id": "1065", "display_phone_number": "+420 777 123 456", "verified_name": "ACME",
        "quality_rating": "GREEN", "status": "CONNECTED", "throughput": { "level": "STANDARD" },
        "webhook_configuration": { "application": "https://example.com/hook" },
    });
    let (url, seen) = server(200, answer.to_string()).await;
    let number = client(url).phone_number(&TOKEN.into(), "1065").await.unwrap();
    assert_eq!(
        (number.id.as_str(), number.verified_name.as_deref()),
        ("1065", Some("ACME"))
    );
    assert_eq!(
        (number.quality_rating.as_deref(), number.status.as_deref()),
        (Some("GREEN"), Some("CONNECTED"))
    );
    assert_eq!(
        (number.throughput_level.as_deref(), number.name_status),
        (Some("STANDARD"), None)
    );
    assert_eq!(
        number.webhooks.application.as_deref(),
        Some("https://example.com/hook")
    );

    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(
        (&seen[0].method, seen[0].uri.path()),
        (&Method::GET, "/v25.0/1065")
    );
    let query = seen[0].uri.query().unwrap();
    assert!(
        query.starts_with("fields=id%2Cdisplay_phone_number%2C") && !query.contains(' '),
        "{query}"
    );

    let wrong = r#"{"error":{"message":"Unsupported get request","code":100,"error_subcode":33}}"#;
    let error = client(server(400, wrong).await.0)
        .phone_number(&TOKEN.into(), "1065")
        .await
        .unwrap_err();
    assert_eq!(error.class(), RetryClass::Account);
    let nothing = client(server(200, "{}").await.0)
        .phone_number(&TOKEN.into(), "1065")
        .await;
    assert_eq!(nothing, Err(unreadable(200)));
}

#[test]
fn a_client_wants_an_address_and_a_version() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let new = |base: &str, version: &str| Graph::new(Url::parse(base).unwrap(), version).map(|_| ());
    assert_eq!(new("https://graph.facebook.com", "v25.0"), Ok(()));
    for version in ["", "25.0", "v25", "v25.", "v2 5.0", "v25.0/..", "latest"] {
        assert_eq!(
            new("https://graph.facebook.com", version),
            Err(SetupError::Version(version.into()))
        );
    }
    for base in [
        "ftp://graph.facebook.com",
        "mailto:a@b.c",
        "https://user:password@graph.facebook.com",
    ] {
        assert_eq!(new(base, "v25.0"), Err(SetupError::Base), "{base}");
    }
}

#[tokio::test]
async fn an_app_speaks_for_itself_in_the_header_and_not_in_the_address() {
    let subscriptions = json!({ "data": [
        { "object": "page", "callback_url": "https://x/", "active": true, "fields": [] },
        {
            "object": "whatsapp_business_account",
            "callback_url": "https://pbx.example/hook",
            "active": true,
            "fields": [{ "name": "messages", "version": "v25.0" }, "account_update"],
        },
    ]});
    let (url, seen) = server(200, subscriptions.to_string()).await;
    let told = client(url).app_subscriptions("100", &"s3cr3t".into()).await;
    let subscriptions = told.answer.unwrap();
    let ours = subscriptions.iter().find(|one| one.is_whatsapp()).unwrap();
    assert_eq!(ours.fields, ["messages", "account_update"]);
    assert!(ours.active && ours.callback_url == "https://pbx.example/hook");
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].uri, "/v25.0/100/subscriptions");
    assert_eq!(seen[0].headers[header::AUTHORIZATION], "Bearer 100|s3cr3t");
}

#[tokio::test]
async fn what_a_token_is_worth_and_when_meta_said_so() {
    let info = json!({ "data": {
        "app_id": 100, "type": "SYSTEM_USER", "is_valid": true, "expires_at": 0,
        "scopes": ["whatsapp_business_messaging", 7, null],
        "granular_scopes": [
            { "scope": "whatsapp_business_messaging", "target_ids": ["200", 201] },
            { "scope": "whatsapp_business_management" },
            { "target_ids": ["1"] },
        ],
    }});
    let (url, seen) = server(200, info.to_string()).await;
    let told = client(url).debug_token(&"access".into(), &TOKEN.into()).await;
    let info = told.answer.unwrap();
    assert_eq!(info.app_id.as_deref(), Some("100"));
    assert!(info.is_valid && info.expires_at.is_none() && info.error.is_none());
    assert_eq!(info.scopes, ["whatsapp_business_messaging", "7"]);
    let scope = |name: &str, ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        (name.to_owned(), ids)
    };
    assert_eq!(
        info.granular_scopes,
        [
            scope("whatsapp_business_messaging", &["200", "201"]),
            scope("whatsapp_business_management", &[]),
        ]
    );
    let date = told.date.unwrap();
    assert!(date > 1_700_000_000, "seconds since 1970: {date}");
    assert_eq!(
        seen.lock().unwrap()[0].headers[header::AUTHORIZATION],
        "Bearer access"
    );
}

#[tokio::test]
async fn why_a_token_is_not_valid() {
    let info = json!({ "data": {
        "is_valid": false, "expires_at": 1_700_000_000, "scopes": [],
        "error": { "code": 190, "subcode": 463, "message": "Session has expired" },
    }});
    let told = client(server(200, info.to_string()).await.0)
        .debug_token(&TOKEN.into(), &TOKEN.into())
        .await;
    let info = told.answer.unwrap();
    assert_eq!(info.expires_at, Some(1_700_000_000));
    let error = info.error.unwrap();
    assert_eq!((error.code, error.subcode), (190, Some(463)));
}

/// The inspected token is a parameter of the URL, which no error may show.
#[tokio::test]
async fn a_question_that_fails_does_not_show_its_secrets() {
    let told = client(raw_server(None).await)
        .within(Duration::from_millis(50))
        .debug_token(&"app|s3cr3t".into(), &TOKEN.into())
        .await;
    let error = told.answer.unwrap_err();
    assert!(matches!(error, GraphError::Unknown(_)), "{error:?}");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains(TOKEN) && !shown.contains("s3cr3t"), "{shown}");
    }
    let told = client(server(200, "<html>").await.0)
        .subscribed_apps(&TOKEN.into(), "200/../../x")
        .await;
    assert!(
        matches!(told.answer, Err(GraphError::Refused(_))),
        "nothing is asked"
    );
}

#[tokio::test]
async fn a_step_is_done_only_when_meta_says_so() {
    let done = async |answer: &str| {
        let (url, seen) = server(200, answer).await;
        let told = client(url).register(&TOKEN.into(), "300", "123456").await;
        let body = seen.lock().unwrap()[0].body.clone();
        assert_eq!(body, json!({ "messaging_product": "whatsapp", "pin": "123456" }));
        told.answer
    };
    assert_eq!(done(r#"{"success":true}"#).await, Ok(()));
    assert!(done(r#"{"success":false}"#).await.is_err());
    assert!(done("[]").await.is_err());
}

#[tokio::test]
async fn templates_are_read_whatever_is_missing() {
    let page = json!({
        "data": [
            { "id": 1627019861106475_u64, "name": "hello", "language": "en", "status": "ENCHANTED", "category": "UTILITY",
              "correct_category": "", "parameter_format": "NAMED", "rejected_reason": "NONE",
              "quality_score": { "score": "GREEN", "date": 1 }, "components": [{ "type": "BODY", "text": "a" }] },
            { "id": "2", "quality_score": "RED", "rejected_reason": "SCAM" },
            { "name": "without an id" },
            7,
        ],
        "paging": { "cursors": { "before": "a", "after": "b" }, "next": "https://graph.facebook.com/…" },
    });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (url, seen) = server(200, page.to_string()).await;
    let graph = Graph::new(url, "v25.0").unwrap();
    let page = graph
        .templates(&TOKEN.into(), "200", Some("a b&c"))
        .await
        .unwrap();
    assert_eq!(page.after.as_deref(), Some("b"));
    let [first, second] = &page.templates[..] else {
        panic!("{page:?}")
    };
    assert_eq!(
        (first.id.as_str(), first.status.as_deref()),
        ("1627019861106475", Some("ENCHANTED"))
    );
    assert_eq!((&first.correct_category, &first.rejected_reason), (&None, &None));
    assert_eq!(
        first.components.as_deref(),
        Some(r#"[{"text":"a","type":"BODY"}]"#)
    );
    assert_eq!(
        (second.quality.as_deref(), second.rejected_reason.as_deref()),
        (Some("RED"), Some("SCAM"))
    );
    let asked = seen.lock().unwrap()[0].uri.to_string();
    assert!(
        asked.starts_with("/v25.0/200/message_templates?fields=id%2Cname"),
        "{asked}"
    );
    assert!(asked.ends_with("&limit=50&after=a+b%26c"), "{asked}");

    // The last page names no next one; what is no list is no page.
    let (url, _) = server(200, r#"{"data":[],"paging":{"cursors":{"after":"b"}}}"#).await;
    let last = Graph::new(url, "v25.0")
        .unwrap()
        .templates(&TOKEN.into(), "200", None)
        .await
        .unwrap();
    assert_eq!((last.templates.len(), last.after), (0, None));
    let (url, _) = server(200, r#"{"templates":[]}"#).await;
    let unread = Graph::new(url, "v25.0")
        .unwrap()
        .templates(&TOKEN.into(), "200", None)
        .await;
    assert!(
        matches!(unread, Err(GraphError::Unreadable { http_status: 200, .. })),
        "{unread:?}"
    );
}
