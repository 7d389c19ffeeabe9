//! Templates at the simulated Meta: their list, what Graph refuses, and what it reports.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use serde_json::{Value, json};
use simulator::{Setting, TemplateEvent};
use support::{APP, JANA, Stage, TOKEN, WABA, answer, stage};

async fn get(stage: &Stage, path: &str) -> (u16, Value) {
    let request = stage.http.get(stage.graph(path)).bearer_auth(TOKEN);
    answer(request.send().await.unwrap()).await
}

#[tokio::test]
async fn they_are_listed_page_by_page() {
    let stage = stage().await;
    let path = format!("{WABA}/message_templates?fields=name,status&limit=3");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let (status, page) = get(&stage, &format!("{path}{after}")).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(page["data"].as_array().unwrap().clone());
        if page["paging"]["next"].is_null() {
            break;
        }
        after = format!("&after={}", page["paging"]["cursors"]["after"].as_str().unwrap());
    }
    assert_eq!(seen.len(), simulator::example_templates().len());
    assert_eq!(
        seen[0],
        json!({ "id": "900000000000001", "name": "hello_world", "status": "APPROVED" })
    );
    assert_eq!(get(&stage, &format!("{path}&after=x")).await.0, 400);
    assert_eq!(get(&stage, "999/message_templates").await.1["error"]["code"], 100);
}

#[tokio::test]
async fn graph_refuses_what_does_not_fit() {
    let stage = stage().await;
    let text = |text: &str| json!({ "type": "text", "text": text });
    let visit = |components: Value| json!({ "name": "pripominka_navstevy", "language": { "code": "cs" }, "components": components });
    let header = json!({ "type": "header", "parameters": [text("a")] });
    let body = |values: Value| json!({ "type": "body", "parameters": values });
    let other = |name: &str, language: &str| json!({ "name": name, "language": { "code": language } });
    let mut with_text = visit(json!([header, body(json!([text("a"), text("b")]))]));
    with_text["text"] = json!({ "body": "x" });
    for (template, code) in [
        (other("hello_world", "en"), 132_001),
        (other("vyhra", "cs"), 132_001),
        (other("winter_offer", "en"), 132_015),
        (visit(json!([header, body(json!([text("a")]))])), 132_000),
        (visit(json!([body(json!([text("a"), text("b")]))])), 132_000),
        (
            visit(json!([header, body(json!([text("a"), text("b\nc")]))])),
            132_018,
        ),
        (
            visit(json!([header, body(json!([text("a"), text(&"x".repeat(2000))]))])),
            132_005,
        ),
        (
            visit(json!([
                header,
                body(json!([text("a"), { "type": "text", "text": "b", "parameter_name": "n" }]))
            ])),
            132_012,
        ),
        (other("faktura", "cs"), 132_012),
        (with_text, 100),
    ] {
        let message =
            json!({ "messaging_product": "whatsapp", "to": JANA, "type": "template", "template": template });
        let (_, refused) = stage.send(&message).await;
        assert_eq!(refused["error"]["code"], code, "{template}: {refused}");
    }
    assert!(stage.meta.sent_messages().is_empty());
}

#[tokio::test]
async fn changes_are_reported_to_whoever_is_subscribed() {
    let stage = stage().await;
    let paused = || TemplateEvent::Status {
        status: "PAUSED".into(),
        reason: None,
        explanation: None,
        recommendation: None,
    };
    stage.subscribe().await;
    let before = stage.console.received().len();
    stage
        .meta
        .template_event(WABA, "hello_world", "en_US", paused())
        .unwrap();
    assert!(stage.meta.settled().await);
    assert_eq!(stage.console.received().len(), before, "not subscribed");
    let fields = vec!["messages".to_owned(), "message_template_status_update".to_owned()];
    let app_id = APP.to_owned();
    stage.meta.set(Setting::Fields { app_id, fields }).unwrap();
    stage
        .meta
        .template_event(WABA, "hello_world", "en_US", paused())
        .unwrap();
    assert!(stage.meta.settled().await);
    let told = stage.console.received().pop().unwrap();
    assert!(told.is_signed());
    let entry = &told.json()["entry"][0];
    assert_eq!(
        (&entry["id"], &entry["changes"][0]["field"]),
        (&json!(WABA), &json!("message_template_status_update"))
    );
    let value = told.value();
    assert_eq!(
        (&value["event"], &value["message_template_id"]),
        (&json!("PAUSED"), &json!(900_000_000_000_001_u64)),
        "ids are numbers here"
    );
    assert!(
        stage
            .meta
            .template_event(WABA, "nothing", "en", paused())
            .is_err()
    );
}
