//! The HTTP control API that the phone page and browser journeys use, and the end of a simulator.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::time::Duration;

use serde_json::{Value, json};
use simulator::SendFault;
use support::{APP, JANA, NUMBER, VERIFY_TOKEN, answer, stage};

#[tokio::test]
async fn a_chat_can_be_played_by_http() {
    let stage = stage().await;
    let api = |path: &str| stage.meta.url().join(&format!("simulator/api/{path}")).unwrap();
    let post = async |path: &str, body: Value| {
        stage
            .http
            .post(api(path))
            .json(&body)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap()
    };
    let callback = json!({ "app_id": APP, "callback_url": stage.callback, "verify_token": VERIFY_TOKEN });
    post("subscribe", callback).await;
    let (_, added) = answer(post("customers", json!({ "name": "Eva", "username": "eva" })).await).await;
    let eva = &added["id"];
    post("faults", json!({ "target": "webhook", "kind": "duplicate" })).await;
    post(
        "say",
        json!({ "customer": eva, "phone_number_id": NUMBER, "text": "Hi" }),
    )
    .await;
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.texts(), ["Hi", "Hi"]);

    let (_, state) = answer(stage.http.get(api("state")).send().await.unwrap()).await;
    let bsuid = state["customers"][1]["bsuid"].as_str().unwrap();
    let reply =
        json!({ "messaging_product": "whatsapp", "recipient": bsuid, "text": { "body": "Hello Eva" } });
    assert_eq!(stage.send(&reply).await.0, 200);
    let chat = async || {
        let query = [
            ("customer", eva.to_string()),
            ("phone_number_id", NUMBER.to_owned()),
        ];
        answer(stage.http.get(api("chat")).query(&query).send().await.unwrap())
            .await
            .1
    };
    let shown = chat().await;
    assert_eq!(shown["messages"][0]["ticks"], "arrived");
    assert_eq!(
        (&shown["messages"][1]["text"], &shown["messages"][1]["unread"]),
        (&json!("Hello Eva"), &json!(true))
    );
    post("read", json!({ "customer": eva, "phone_number_id": NUMBER })).await;
    assert_eq!(chat().await["messages"][1]["unread"], false);
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.statuses().last().unwrap().0, "read");

    let nobody = json!({ "customer": 99, "phone_number_id": NUMBER, "text": "Hi" });
    assert_eq!(
        stage
            .http
            .post(api("say"))
            .json(&nobody)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn the_phone_page_needs_nothing_foreign() {
    let stage = stage().await;
    for path in ["", "phone.css", "phone.js", "words.js", "icon.svg"] {
        let response = stage
            .http
            .get(stage.meta.phone_page().join(path).unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"));
        let text = response.text().await.unwrap();
        assert!(!text.contains("style=\"") && !text.contains("https://"), "{path}");
    }
}

#[tokio::test]
async fn everything_ends_with_the_simulator() {
    let stage = stage().await;
    stage.open().await;
    stage.meta.fault(SendFault::Hang { seconds: None });
    let body = json!({ "messaging_product": "whatsapp", "to": JANA, "text": { "body": "x" } });
    let hanging = tokio::spawn(stage.request(&body).send());
    while stage.meta.sent_messages().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let url = stage.meta.url();
    let mut events = stage
        .http
        .get(url.join("simulator/api/events").unwrap())
        .send()
        .await
        .unwrap();
    tokio::time::timeout(Duration::from_secs(3), stage.meta.shutdown())
        .await
        .unwrap();
    assert_eq!(hanging.await.unwrap().unwrap().status(), 200);
    while events.chunk().await.unwrap().is_some() {}
    assert!(stage.http.get(url.clone()).send().await.unwrap_err().is_connect());

    // Without a shutdown, dropping the last handle is enough.
    let other = simulator::Simulator::start(simulator::Options::default())
        .await
        .unwrap();
    let url = other.url();
    assert!(stage.http.get(url.clone()).send().await.is_ok());
    drop(other);
    tokio::time::timeout(Duration::from_secs(3), async {
        while stage.http.get(url.clone()).send().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}
