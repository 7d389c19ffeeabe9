//! Files of the business at Graph: uploaded, asked about, downloaded, deleted, and sent by their id.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use simulator::{FileSource, NumberSpec, Setting, TokenSetting};
use support::{APP, FORM, JANA, NOON, NUMBER, TOKEN, answer, form, sha256, stage, stage_with};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const PDF: &str = "application/pdf";

fn code(body: &Value) -> i64 {
    body["error"]["code"].as_i64().unwrap()
}

fn by_id(kind: &str, id: &Value) -> Value {
    json!({ "messaging_product": "whatsapp", "to": JANA, "type": kind, kind: { "id": id } })
}

#[tokio::test]
async fn a_file_can_be_asked_about_downloaded_and_deleted() {
    let stage = stage().await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    let (status, uploaded) = stage.upload(PDF, PDF, &bytes).await;
    assert_eq!(status, 200, "{uploaded}");
    let id = uploaded["id"].as_str().unwrap().to_owned();
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()));

    let (status, told) = stage.get(&format!("{id}?phone_number_id={NUMBER}")).await;
    assert_eq!(status, 200, "{told}");
    let expected = json!({
        "messaging_product": "whatsapp", "url": told["url"], "mime_type": PDF,
        "sha256": hex::encode(sha256(&bytes)), "file_size": 200_000, "id": id,
    });
    assert_eq!(told, expected);
    let (_, refused) = stage.get(&format!("{id}?phone_number_id=1")).await;
    assert_eq!(code(&refused), 100);

    let whole = stage.download(&told["url"]).send().await.unwrap();
    assert_eq!(
        (whole.status().as_u16(), &whole.headers()["content-type"]),
        (200, &PDF.parse().unwrap())
    );
    assert_eq!(whole.bytes().await.unwrap(), bytes);
    let part = stage.download(&told["url"]).header("range", "bytes=10-19");
    let part = part.send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), &part.headers()["content-range"]),
        (206, &"bytes 10-19/200000".parse().unwrap())
    );
    assert_eq!(part.bytes().await.unwrap(), bytes[10..20]);

    let deleted = stage
        .http
        .delete(stage.graph(&id))
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(answer(deleted).await, (200, json!({ "success": true })));
    let (status, gone) = stage.get(&id).await;
    assert_eq!((status, &gone["error"]["error_subcode"]), (400, &json!(33)));
    assert_eq!(stage.download(&told["url"]).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_address_needs_the_token_and_lives_for_five_minutes() {
    let clock = Arc::new(AtomicI64::new(NOON));
    let hands = Arc::clone(&clock);
    let now = Arc::new(move || hands.load(Ordering::Relaxed));
    let stage = stage_with(|options| simulator::Options { now, ..options }).await;
    let (_, uploaded) = stage.upload(PDF, PDF, b"%PDF").await;
    let id = uploaded["id"].as_str().unwrap();
    let told = stage.get(id).await.1;
    let address = told["url"].as_str().unwrap();
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    let ours = stage.http.get(address).header("user-agent", "a business");
    assert_eq!(status(ours).await, 401, "no token");
    assert_eq!(
        status(stage.http.get(address).bearer_auth(TOKEN)).await,
        401,
        "no user agent"
    );
    let foreign = TokenSetting {
        token: "foreign".into(),
        wabas: Some(vec!["999".into()]),
        ..TokenSetting::default()
    };
    stage.meta.set(Setting::Token(foreign)).unwrap();
    let theirs = stage
        .http
        .get(address)
        .header("user-agent", "x")
        .bearer_auth("foreign");
    assert_eq!(status(theirs).await, 404);
    let theirs = stage
        .http
        .get(stage.graph(id))
        .bearer_auth("foreign")
        .send()
        .await
        .unwrap();
    assert_eq!(answer(theirs).await.1["error"]["error_subcode"], 33);
    assert_eq!(status(stage.download(&json!(format!("{address}0")))).await, 404);

    clock.store(NOON + 5 * 60_000 - 1, Ordering::Relaxed);
    assert_eq!(status(stage.download(&told["url"])).await, 200);
    clock.store(NOON + 5 * 60_000, Ordering::Relaxed);
    assert_eq!(status(stage.download(&told["url"])).await, 404);
    assert_eq!(
        status(stage.download(&stage.get(id).await.1["url"])).await,
        200,
        "a new address"
    );
    clock.store(NOON + 30 * 24 * 3_600_000, Ordering::Relaxed);
    assert_eq!(stage.get(id).await.0, 400, "the file is gone after 30 days");
}

#[tokio::test]
async fn graph_refuses_types_and_sizes_at_once() {
    let stage = stage().await;
    let mut animated = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02".to_vec();
    animated.resize(100_001, 0);
    let mut large = animated.clone();
    large.resize(500_001, 0);
    let png = vec![0; 5_000_001];
    for (declared, own, bytes, status) in [
        ("image/png", "image/png", &png[1..], 200),
        ("image/png", "image/png", &png[..], 400),
        ("image/webp", "image/webp", &[0; 100_000][..], 200),
        ("image/webp", "image/webp", &[0; 100_001][..], 400),
        ("image/webp", "image/webp", &animated[..], 200),
        ("image/webp", "image/webp", &large[..], 400),
        ("audio/ogg", "audio/ogg; codecs=opus", b"OggS", 200),
        ("image/png", "application/octet-stream", b"png", 400),
        ("image/png", "image/jpeg", b"png", 400),
        ("application/zip", "application/zip", b"PK", 400),
    ] {
        let (answered, body) = stage.upload(declared, own, bytes).await;
        assert_eq!(answered, status, "{declared} {own} {}: {body}", bytes.len());
        if status == 400 {
            assert_eq!(code(&body), 100);
        }
    }
    let (_, refused) = stage
        .upload("image/png", "application/octet-stream", b"png")
        .await;
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("(#100) Param file must be a file with one of the following types: audio/aac,"),
        "{message}"
    );

    let product = || ("name=\"messaging_product\"".to_owned(), &b"whatsapp"[..]);
    let file = || {
        (
            "name=\"file\"; filename=\"a\"\r\nContent-Type: image/png".to_owned(),
            &b"png"[..],
        )
    };
    let nameless = ("name=\"file\"".to_owned(), &b"png"[..]);
    assert_eq!(
        stage.upload_form(&[product(), file()]).await.0,
        200,
        "the part's type is enough"
    );
    for parts in [vec![file()], vec![product()], vec![product(), nameless]] {
        let (status, body) = stage.upload_form(&parts).await;
        assert_eq!((status, code(&body)), (400, 100), "{parts:?}");
    }
}

#[tokio::test]
async fn an_upload_without_its_length_is_refused() {
    let stage = stage().await;
    let url = stage.meta.url();
    let address = format!("127.0.0.1:{}", url.port().unwrap());
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    let body = form(&[("name=\"messaging_product\"".to_owned(), b"whatsapp")]);
    let head = format!(
        "POST /v25.0/{NUMBER}/media HTTP/1.1\r\nHost: meta\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n",
        body.len()
    );
    let request = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    connection.write_all(&request).await.unwrap();
    let mut answered = String::new();
    connection.read_to_string(&mut answered).await.unwrap();
    assert!(answered.starts_with("HTTP/1.1 411"), "{answered}");
}

#[tokio::test]
async fn a_message_by_id_carries_the_uploaded_bytes() {
    let stage = stage().await;
    stage.open().await;
    let (_, uploaded) = stage.upload("image/png", "image/png", b"a picture").await;
    let mut message = by_id("image", &uploaded["id"]);
    message["image"]["caption"] = json!("The door");
    assert_eq!(stage.send(&message).await.0, 200);
    assert!(stage.meta.settled().await);
    let names: Vec<String> = stage
        .console
        .statuses()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["sent", "delivered"]);
    let file = stage.meta.sent_messages()[0].file.clone().unwrap();
    assert_eq!(
        file.source,
        FileSource::Id(uploaded["id"].as_str().unwrap().to_owned())
    );
    assert_eq!(file.bytes().unwrap(), b"a picture");
    let sent = stage.meta.url().join("simulator/api/sent").unwrap();
    let (_, sent) = answer(stage.http.get(sent).send().await.unwrap()).await;
    assert_eq!(
        sent[0]["file"],
        json!({ "kind": "image", "id": uploaded["id"], "mime_type": "image/png", "size": 9,
                "sha256": hex::encode(sha256(b"a picture")) })
    );
    assert!(sent[0]["accepted_ms"].is_u64());
}

#[tokio::test]
async fn a_file_that_does_not_fit_its_message_fails() {
    let stage = stage().await;
    stage.open().await;
    let (_, ogg) = stage.upload("audio/ogg", "audio/ogg", b"OggS").await;
    assert_eq!(stage.send(&by_id("image", &ogg["id"])).await.0, 200);
    assert!(stage.meta.settled().await);
    let (name, failed) = stage.console.statuses().remove(0);
    assert_eq!(
        (name.as_str(), &failed["errors"][0]["code"]),
        ("failed", &json!(131053))
    );
    let details = failed["errors"][0]["error_data"]["details"].as_str().unwrap();
    assert_eq!(
        details,
        "Unsupported Image mime type audio/ogg. Please use one of image/jpeg, image/png."
    );
    assert_eq!(
        stage.send(&by_id("document", &ogg["id"])).await.0,
        200,
        "any type is a document"
    );

    let with = |kind: &str, key: &str, value: &str| {
        let mut message = by_id(kind, &ogg["id"]);
        message[kind][key] = json!(value);
        message
    };
    for message in [
        by_id("image", &json!("1234567890123456")),
        by_id("audio", &json!("")),
        with("audio", "caption", "x"),
        with("video", "filename", "x"),
        with("document", "caption", &"x".repeat(1025)),
        json!({ "messaging_product": "whatsapp", "to": JANA, "type": "image", "image": { "link": "file:///etc" } }),
    ] {
        let (status, refused) = stage.send(&message).await;
        assert_eq!((status, code(&refused)), (400, 100), "{message}");
    }

    // Another account's number does not know the id; another number of the same account does.
    for (number, waba, status) in [("444", "999", 400), ("555", support::WABA, 200)] {
        stage.meta.add_number(NumberSpec {
            phone_number_id: number.into(),
            waba_id: waba.into(),
            display_phone_number: "+420 800 555 011".into(),
            verified_name: "Příklad".into(),
            app_id: APP.into(),
        });
        let url = stage.graph(&format!("{number}/messages"));
        let request = stage
            .http
            .post(url)
            .bearer_auth(TOKEN)
            .json(&by_id("audio", &ogg["id"]));
        assert_eq!(request.send().await.unwrap().status(), status, "{number}");
    }
}
