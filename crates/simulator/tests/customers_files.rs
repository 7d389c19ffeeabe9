//! Files of customers: in the delivery, and at Graph.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use simulator::{CustomerFile, Fault, FileKind, MediaFault};
use support::{FORM, JANA, NUMBER, Stage, TOKEN, answer, form, sha256, stage};

/// The content of the newest message that the console has received.
fn received(stage: &Stage) -> Value {
    let message = stage.console.received().last().unwrap().value()["messages"][0].clone();
    message[message["type"].as_str().unwrap()].clone()
}

#[tokio::test]
async fn a_customers_file_comes_with_everything_to_fetch_it() {
    let stage = stage().await;
    stage.subscribe().await;
    let file = CustomerFile {
        filename: Some("faktura.pdf".into()),
        caption: Some("Faktura".into()),
        ..CustomerFile::new(FileKind::Document, "application/pdf")
    };
    stage
        .meta
        .customer_sends(stage.jana, NUMBER, &file, b"%PDF")
        .await
        .unwrap();
    assert!(stage.meta.settled().await);
    let document = received(&stage);
    let id = document["id"].as_str().unwrap();
    assert_eq!(
        document,
        json!({ "id": id, "mime_type": "application/pdf", "sha256": STANDARD.encode(sha256(b"%PDF")),
                "url": document["url"], "caption": "Faktura", "filename": "faktura.pdf" })
    );
    let (_, told) = stage.get(id).await;
    assert_eq!(
        (&told["sha256"], &told["file_size"], &told["mime_type"]),
        (
            &json!(hex::encode(sha256(b"%PDF"))),
            &json!(4),
            &json!("application/pdf")
        )
    );
    for address in [&told["url"], &document["url"]] {
        let bytes = stage
            .download(address)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        assert_eq!(bytes, b"%PDF"[..]);
    }
    // It opens the service window, as every message does.
    let text =
        json!({ "messaging_product": "whatsapp", "to": JANA, "type": "text", "text": { "body": "x" } });
    assert_eq!(stage.send(&text).await.0, 200);
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.statuses().last().unwrap().0, "delivered");
}

#[tokio::test]
async fn a_file_can_be_sent_by_http() {
    let stage = stage().await;
    stage.subscribe().await;
    let put = async |query: &[(&str, &str)], mime_type: &str, bytes: Vec<u8>| {
        let url = stage.meta.url().join("simulator/api/files").unwrap();
        let jana = stage.jana.0.to_string();
        let request = stage
            .http
            .put(url)
            .query(&[("customer", jana.as_str())])
            .query(query);
        let request = request.header("content-type", mime_type).body(bytes);
        answer(request.send().await.unwrap()).await
    };
    let to = ("phone_number_id", NUMBER);
    let voice = [to, ("kind", "audio"), ("voice", "true")];
    assert_eq!(
        put(&voice, "audio/ogg; codecs=opus", b"OggS".to_vec()).await.0,
        200
    );
    assert!(stage.meta.settled().await);
    let audio = received(&stage);
    assert_eq!(
        (&audio["voice"], &audio["mime_type"]),
        (&json!(true), &json!("audio/ogg; codecs=opus"))
    );
    // Larger than bodies usually may be.
    let (status, _) = put(&[to, ("kind", "sticker")], "image/webp", vec![7; 3_000_000]).await;
    assert_eq!(status, 200);
    assert!(stage.meta.settled().await);
    let sticker = received(&stage);
    assert_eq!(sticker["animated"], false);
    assert_eq!(
        stage.get(sticker["id"].as_str().unwrap()).await.1["file_size"],
        3_000_000
    );
    let nowhere = [("phone_number_id", "999"), ("kind", "image")];
    assert_eq!(put(&nowhere, "image/png", vec![]).await.0, 404);
}

#[tokio::test]
async fn each_step_can_go_wrong_once() {
    let stage = stage().await;
    stage.subscribe().await;
    let bytes = vec![1; 100_000];
    let file = CustomerFile::new(FileKind::Image, "image/jpeg");
    stage
        .meta
        .customer_sends(stage.jana, NUMBER, &file, &bytes)
        .await
        .unwrap();
    assert!(stage.meta.settled().await);
    let id = received(&stage)["id"].as_str().unwrap().to_owned();
    let hash = hex::encode(sha256(&bytes));
    let info = || stage.http.get(stage.graph(&id)).bearer_auth(TOKEN);
    let fault = |fault: Fault| stage.meta.fault(fault);
    let elsewhere = MediaFault::Redirect {
        to: "http://127.0.0.2:9/x".parse().unwrap(),
    };
    let still = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();

    fault(Fault::MediaInfo(MediaFault::ErrorCode {
        code: 131000,
        http: 500,
    }));
    let (status, body) = answer(info().send().await.unwrap()).await;
    assert_eq!((status, &body["error"]["code"]), (500, &json!(131000)));
    fault(Fault::MediaInfo(MediaFault::WrongBytes));
    assert_ne!(stage.get(&id).await.1["sha256"], json!(hash));
    fault(Fault::MediaInfo(MediaFault::WrongSize));
    assert_eq!(stage.get(&id).await.1["file_size"], 100_001);
    fault(Fault::MediaInfo(MediaFault::Cut));
    info().send().await.unwrap_err();
    let (_, told) = stage.get(&id).await;
    assert_eq!(
        (&told["sha256"], &told["file_size"]),
        (&json!(hash), &json!(100_000))
    );

    let download = || stage.download(&told["url"]);
    fault(Fault::MediaDownload(MediaFault::Status { http: 503 }));
    assert_eq!(download().send().await.unwrap().status(), 503);
    fault(Fault::MediaDownload(elsewhere));
    let request = still.get(told["url"].as_str().unwrap()).bearer_auth(TOKEN);
    let moved = request.header("user-agent", "x").send().await.unwrap();
    assert_eq!(
        (moved.status().as_u16(), &moved.headers()["location"]),
        (302, &"http://127.0.0.2:9/x".parse().unwrap())
    );
    fault(Fault::MediaDownload(MediaFault::WrongBytes));
    let other = download().send().await.unwrap().bytes().await.unwrap();
    assert_eq!((other[0], &other[1..]), (0, &bytes[1..]));
    fault(Fault::MediaDownload(MediaFault::WrongSize));
    assert_eq!(
        download().send().await.unwrap().bytes().await.unwrap().len(),
        50_000
    );
    fault(Fault::MediaDownload(MediaFault::Cut));
    let mut cut = download().send().await.unwrap();
    assert_eq!(cut.headers()["content-length"], "100000");
    let mut arrived = 0;
    let cut = loop {
        match cut.chunk().await {
            Ok(Some(piece)) => arrived += piece.len(),
            end => break end,
        }
    };
    assert!(cut.is_err() && arrived == 50_000, "{arrived}");
    fault(Fault::MediaDownload(MediaFault::Slow { ms: 400 }));
    let started = Instant::now();
    let slow = download().send().await.unwrap().bytes().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(400) && slow == bytes);
    assert_eq!(download().send().await.unwrap().bytes().await.unwrap(), bytes);

    let script = json!({ "target": "media_upload", "kind": "status", "http": 502 });
    let faults = stage.meta.url().join("simulator/api/faults").unwrap();
    stage.http.post(faults).json(&script).send().await.unwrap();
    let png = [
        ("name=\"messaging_product\"".to_owned(), &b"whatsapp"[..]),
        (
            "name=\"file\"; filename=\"a\"\r\nContent-Type: image/png".to_owned(),
            b"png",
        ),
    ];
    let upload = || {
        let request = stage.http.post(stage.graph(&format!("{NUMBER}/media")));
        let request = request.header("content-type", FORM).body(form(&png));
        request.bearer_auth(TOKEN).send()
    };
    assert_eq!(upload().await.unwrap().status(), 502);
    fault(Fault::MediaUpload(MediaFault::WrongSize));
    let (_, stored) = answer(upload().await.unwrap()).await;
    assert_eq!(stage.get(stored["id"].as_str().unwrap()).await.1["file_size"], 4);
}
