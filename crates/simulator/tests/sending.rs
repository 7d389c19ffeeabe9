//! `POST …/messages` as Meta answers it: refusals, statuses, and losses.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{CustomerSpec, Options, SendFault, Setting, TokenState};
use support::{JANA, NOON, NUMBER, TOKEN, WABA, answer, stage, stage_with};

fn text(to: &str, body: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": body } })
}

fn code(body: &Value) -> i64 {
    body["error"]["code"].as_i64().unwrap()
}

#[tokio::test]
async fn a_message_is_accepted_recorded_and_reported_with_its_callback_data() {
    let stage = stage().await;
    stage.open().await;
    let mut body = text("+420 800 555 101", "Good day");
    body["biz_opaque_callback_data"] = json!("message 7");
    let (status, answered) = stage.send(&body).await;
    assert_eq!(status, 200);
    assert_eq!(
        answered["contacts"],
        json!([{ "input": "+420 800 555 101", "wa_id": JANA }])
    );
    let wamid = answered["messages"][0]["id"].as_str().unwrap();
    assert!(wamid.starts_with("wamid."));

    let sent = stage.meta.sent_messages();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].wamid.as_str(), sent[0].token.as_str(), sent[0].at),
        (wamid, TOKEN, NOON)
    );
    assert_eq!((&sent[0].body, sent[0].customer), (&body, Some(stage.jana)));

    stage.meta.customer_reads(stage.jana).unwrap();
    stage.meta.customer_reads(stage.jana).unwrap();
    assert!(stage.meta.settled().await);
    let statuses = stage.console.statuses();
    let names: Vec<&str> = statuses.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    for (_, status) in &statuses {
        assert_eq!(
            (&status["id"], &status["recipient_id"]),
            (&json!(wamid), &json!(JANA))
        );
        assert_eq!(status["biz_opaque_callback_data"], "message 7");
    }
}

#[tokio::test]
async fn a_message_to_a_bsuid_goes_by_recipient_and_is_lost_in_to() {
    let stage = stage().await;
    stage.subscribe().await;
    let bsuid = "CZ.40028922077316050002";
    let eva = CustomerSpec {
        name: "Eva".into(),
        bsuid: Some(bsuid.into()),
        ..CustomerSpec::default()
    };
    let eva = stage.meta.add_customer(eva);
    stage.meta.customer_says(eva, NUMBER, "Hi").unwrap();
    let (status, _) = stage.send(&text(bsuid, "lost")).await;
    assert_eq!(status, 200);
    let mut body = text("", "found");
    body.as_object_mut().unwrap().remove("to");
    body["recipient"] = json!(bsuid);
    let (_, answered) = stage.send(&body).await;
    assert_eq!(
        answered["contacts"],
        json!([{ "input": bsuid, "user_id": bsuid }])
    );
    assert!(stage.meta.settled().await);
    let statuses = stage.console.statuses();
    assert_eq!(statuses.len(), 2);
    assert_eq!(statuses[1].1["recipient_user_id"], bsuid);
    assert!(statuses[1].1.get("recipient_id").is_none());
}

#[tokio::test]
async fn tokens_are_checked_as_graph_does() {
    let stage = stage().await;
    let url = stage.graph(&format!("{NUMBER}/messages"));
    let with = |token: &str| stage.http.post(&url).bearer_auth(token).json(&text(JANA, "x"));
    let missing = stage
        .http
        .post(&url)
        .query(&[("access_token", TOKEN)])
        .json(&text(JANA, "x"));
    let (status, body) = answer(missing.send().await.unwrap()).await;
    assert_eq!((status, code(&body)), (400, 104));
    let (status, body) = answer(with("unknown").send().await.unwrap()).await;
    assert_eq!((status, code(&body)), (401, 190));
    assert_eq!(body["error"]["type"], "OAuthException");
    for (state, http, expected, subcode) in [
        (TokenState::Expired, 401, 190, json!(463)),
        (TokenState::Revoked, 401, 190, json!(467)),
        (TokenState::Powerless, 403, 10, Value::Null),
    ] {
        stage.meta.set_token(TOKEN, state);
        let (status, body) = answer(with(TOKEN).send().await.unwrap()).await;
        assert_eq!(
            (status, code(&body), &body["error"]["error_subcode"]),
            (http, expected, &subcode)
        );
    }
    assert!(stage.meta.sent_messages().is_empty());
}

#[tokio::test]
async fn an_unknown_number_is_100_with_subcode_33() {
    let stage = stage().await;
    let url = stage.graph("999/messages");
    let response = stage
        .http
        .post(url)
        .bearer_auth(TOKEN)
        .json(&text(JANA, "x"))
        .send()
        .await
        .unwrap();
    let (status, body) = answer(response).await;
    assert_eq!(
        (status, code(&body), &body["error"]["error_subcode"]),
        (400, 100, &json!(33))
    );
}

#[tokio::test]
async fn bad_bodies_are_refused() {
    let stage = stage().await;
    let without = |name: &str| {
        let mut body = text(JANA, "x");
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let with = |name: &str, value: Value| {
        let mut body = text(JANA, "x");
        body[name] = value;
        body
    };
    for (body, expected) in [
        (text(JANA, ""), 100),
        (text(JANA, &"á".repeat(4097)), 100),
        (without("messaging_product"), 100),
        (without("to"), 100),
        (without("text"), 100),
        (text("the office", "x"), 131009),
        (text("420800555010", "x"), 131021),
        (with("type", json!("telegram")), 100),
        (with("recipient_type", json!("individual")), 0),
        (with("biz_opaque_callback_data", json!("x".repeat(513))), 100),
        (text(JANA, &"á".repeat(4096)), 0),
    ] {
        let (status, answered) = stage.send(&body).await;
        if expected == 0 {
            assert_eq!(status, 200, "{answered}");
        } else {
            assert_eq!((status, code(&answered)), (400, expected), "{body}");
        }
    }
    let raw = stage
        .http
        .post(stage.graph(&format!("{NUMBER}/messages")))
        .bearer_auth(TOKEN)
        .body("{");
    let (status, answered) = answer(raw.send().await.unwrap()).await;
    assert_eq!((status, code(&answered)), (400, 100));
    assert_eq!(stage.meta.sent_messages().len(), 2);
}

#[tokio::test]
async fn the_service_window_closes_after_24_hours_and_a_stranger_is_not_on_whatsapp() {
    let clock = Arc::new(AtomicI64::new(NOON));
    let hands = Arc::clone(&clock);
    let now = Arc::new(move || hands.load(Ordering::Relaxed));
    let stage = stage_with(|options| Options { now, ..options }).await;
    stage.open().await;
    stage.send(&text("420800555999", "Who is it?")).await;
    clock.store(NOON + 24 * 3_600_000 - 1000, Ordering::Relaxed);
    stage.send(&text(JANA, "in time")).await;
    clock.store(NOON + 24 * 3_600_000, Ordering::Relaxed);
    stage.send(&text(JANA, "too late")).await;
    let template = json!({ "name": "hello_world", "language": { "code": "en_US" } });
    let template =
        json!({ "messaging_product": "whatsapp", "to": JANA, "type": "template", "template": template });
    stage.send(&template).await;
    assert!(stage.meta.settled().await);
    let statuses = stage.console.statuses();
    let seen: Vec<(&str, Option<i64>)> = statuses
        .iter()
        .map(|(name, one)| (name.as_str(), one["errors"][0]["code"].as_i64()))
        .collect();
    assert_eq!(
        seen,
        [
            ("failed", Some(131026)),
            ("sent", None),
            ("delivered", None),
            ("failed", Some(131047)),
            ("sent", None),
            ("delivered", None),
        ]
    );
}

#[tokio::test]
async fn faults_that_answer_with_an_error_accept_nothing() {
    let stage = stage().await;
    stage.open().await;
    stage.meta.fault(SendFault::RateCode);
    stage.meta.fault(SendFault::ErrorCode {
        code: 131057,
        http: 500,
    });
    stage.meta.fault(SendFault::Status5xx {
        code: 502,
        body: "<h1>Bad Gateway</h1>".into(),
    });
    // A refused request consumes no fault.
    assert_eq!(stage.send(&text(JANA, "")).await.0, 400);
    let (status, body) = stage.send(&text(JANA, "x")).await;
    assert_eq!((status, code(&body)), (400, 130429));
    let (status, body) = stage.send(&text(JANA, "x")).await;
    assert_eq!((status, code(&body)), (500, 131057));
    let page = stage.request(&text(JANA, "x")).send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), page.text().await.unwrap().as_str()),
        (502, "<h1>Bad Gateway</h1>")
    );
    assert!(stage.meta.sent_messages().is_empty());
    assert_eq!(stage.send(&text(JANA, "x")).await.0, 200);
}

#[tokio::test]
async fn faults_that_accept_may_answer_anything() {
    let stage = stage().await;
    stage.open().await;
    stage.meta.fault(SendFault::AcceptThenPage {
        code: 504,
        body: "<h1>Gateway time-out</h1>".into(),
    });
    let page = stage.request(&text(JANA, "first")).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 504);
    let first = stage.meta.sent_messages()[0].wamid.clone();
    stage.meta.fault(SendFault::AcceptAs { wamid: first.clone() });
    let (status, body) = stage.send(&text(JANA, "second")).await;
    assert_eq!(
        (status, body["messages"][0]["id"].as_str()),
        (200, Some(first.as_str()))
    );
    assert_eq!(stage.meta.sent_messages().len(), 2);

    for code in [None, Some(130_429)] {
        stage.meta.fault(SendFault::Busy {
            http: 429,
            code,
            retry_after: "120".into(),
        });
        let busy = stage.request(&text(JANA, "third")).send().await.unwrap();
        assert_eq!(
            (busy.status().as_u16(), &busy.headers()["retry-after"]),
            (429, &"120".parse().unwrap())
        );
    }
    assert_eq!(stage.meta.sent_messages().len(), 2);
}

#[tokio::test]
async fn meta_may_report_on_nothing() {
    let stage = stage().await;
    stage.open().await;
    stage.meta.set(Setting::Statuses { reported: false }).unwrap();
    assert_eq!(stage.send(&text(JANA, "unheard of")).await.0, 200);
    assert!(stage.meta.settled().await);
    assert!(stage.console.statuses().is_empty());
}

#[tokio::test]
async fn lost_answers_differ_in_whether_the_message_was_accepted() {
    let stage = stage().await;
    stage.open().await;
    let sent = || stage.meta.sent_messages().len();
    let quickly = |body: &str| {
        stage
            .request(&text(JANA, body))
            .timeout(Duration::from_millis(300))
            .send()
    };

    stage.meta.fault(SendFault::DropConnection);
    let error = stage.request(&text(JANA, "dropped")).send().await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    assert_eq!(sent(), 0);

    stage.meta.fault(SendFault::AcceptThenDrop);
    stage.request(&text(JANA, "accepted")).send().await.unwrap_err();
    assert_eq!(sent(), 1);

    stage.meta.fault(SendFault::Hang { seconds: None });
    assert!(quickly("hangs").await.unwrap_err().is_timeout());
    assert_eq!(sent(), 2);

    stage.meta.fault(SendFault::Hang { seconds: Some(1) });
    assert_eq!(stage.send(&text(JANA, "slow")).await.0, 200);

    stage.meta.fault(SendFault::Delay { ms: 600 });
    assert!(quickly("late").await.unwrap_err().is_timeout());

    // Statuses of the accepted messages arrive all the same.
    assert!(stage.meta.settled().await);
    let delivered = stage
        .console
        .statuses()
        .iter()
        .filter(|(name, _)| name == "delivered")
        .count();
    assert_eq!(delivered, 3);
}

#[tokio::test]
async fn the_business_marks_as_read_what_it_has_received() {
    let stage = stage().await;
    stage.subscribe().await;
    let wamid = stage.meta.customer_says(stage.jana, NUMBER, "Hello").unwrap();
    let mark = |wamid: &str| {
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": wamid,
                "typing_indicator": { "type": "text" } })
    };
    assert_eq!(stage.send(&mark(&wamid)).await, (200, json!({ "success": true })));
    assert_eq!(stage.meta.read_by_business(), [wamid]);
    let (status, body) = stage.send(&mark("wamid.unknown")).await;
    assert_eq!((status, code(&body)), (400, 131009));
    let chat = stage.meta.url().join("simulator/api/chat").unwrap();
    let query = [("customer", "1"), ("phone_number_id", NUMBER)];
    let (_, chat) = answer(stage.http.get(chat).query(&query).send().await.unwrap()).await;
    assert_eq!(
        (&chat["typing"], &chat["messages"][0]["ticks"]),
        (&json!(true), &json!("read"))
    );
}

#[tokio::test]
async fn accounts_and_tokens_can_be_asked_about() {
    let stage = stage().await;
    let get = |path: String| stage.http.get(stage.graph(&path)).bearer_auth(TOKEN).send();
    let (_, listed) = answer(get(format!("{WABA}/phone_numbers")).await.unwrap()).await;
    assert_eq!(listed["data"][0]["id"], NUMBER);
    let (_, number) = answer(
        get(format!("{NUMBER}?fields=verified_name,status"))
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        number,
        json!({ "id": NUMBER, "verified_name": "Příklad", "status": "CONNECTED" })
    );
    let (status, body) = answer(get(format!("{NUMBER}?fields=color")).await.unwrap()).await;
    assert_eq!((status, code(&body)), (400, 100));
    let (_, token) = answer(get(format!("debug_token?input_token={TOKEN}")).await.unwrap()).await;
    assert_eq!(
        (&token["data"]["is_valid"], &token["data"]["app_id"]),
        (&json!(true), &json!("111"))
    );
    let (_, token) = answer(get("debug_token?input_token=unknown".into()).await.unwrap()).await;
    assert_eq!(token["data"]["is_valid"], false);
    let unversioned = stage
        .http
        .get(stage.meta.url().join(&format!("x/{NUMBER}")).unwrap());
    let (status, body) = answer(unversioned.bearer_auth(TOKEN).send().await.unwrap()).await;
    assert_eq!((status, code(&body)), (400, 2500));
}
