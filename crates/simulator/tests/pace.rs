//! The pace that Meta allows, over HTTP. The counting itself is tested where it is done.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::{JANA, NUMBER, Stage, stage, stage_with};

async fn set(stage: &Stage, setting: Value) {
    let url = stage.meta.url().join("simulator/api/settings").unwrap();
    let answer = stage.http.post(url).json(&setting).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

/// The code of the refusal; 0 if the message was accepted.
async fn code(stage: &Stage, to: &str) -> i64 {
    let body = json!({ "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": "x" } });
    let (status, answered) = stage.send(&body).await;
    let code = answered["error"]["code"].as_i64().unwrap_or(0);
    assert_eq!(status == 200, code == 0);
    code
}

#[tokio::test]
async fn a_number_is_refused_beyond_its_throughput() {
    let stage = stage().await;
    set(
        &stage,
        json!({ "set": "number", "phone_number_id": NUMBER, "messages_per_second": 3 }),
    )
    .await;
    stage.meta.fault(simulator::SendFault::RateCode);
    assert_eq!(code(&stage, JANA).await, 130429, "scripted, and not counted");
    for n in 0..3 {
        assert_eq!(code(&stage, &format!("42080055520{n}")).await, 0);
    }
    assert_eq!(code(&stage, JANA).await, 130429);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(code(&stage, JANA).await, 0);
    let sent = stage.meta.sent_messages();
    assert_eq!(sent.len(), 4);
    assert!(sent[3].accepted_ms >= sent[0].accepted_ms + 1000);
}

#[tokio::test]
async fn a_number_in_coexistence_has_a_quarter_of_the_throughput() {
    let stage = stage().await;
    set(
        &stage,
        json!({ "set": "number", "phone_number_id": NUMBER, "coexistence": true }),
    )
    .await;
    let (_, told) = stage.get(&format!("{NUMBER}?fields=is_on_biz_app")).await;
    assert_eq!(told["is_on_biz_app"], true);
    let numbers: Vec<String> = (0..60).map(|n| format!("4208005553{n:02}")).collect();
    let all = futures::future::join_all(numbers.iter().map(|to| code(&stage, to))).await;
    let first = stage.meta.sent_messages()[0].accepted;
    let at_once = stage.meta.sent_messages();
    let within = at_once
        .iter()
        .filter(|sent| sent.accepted - first < Duration::from_secs(1));
    assert_eq!(within.count(), 20);
    assert!(all.contains(&130429));
}

#[tokio::test]
async fn one_customer_gets_a_burst_and_then_one_by_one() {
    let stage = stage().await;
    let pace = json!({ "set": "pace", "pair_burst": 2, "pair_every_ms": 400 });
    set(&stage, pace).await;
    let seen = [
        code(&stage, JANA).await,
        code(&stage, JANA).await,
        code(&stage, JANA).await,
        code(&stage, "420800555102").await,
    ];
    assert_eq!(seen, [0, 0, 131056, 0]);
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(code(&stage, JANA).await, 0);
    set(&stage, json!({ "set": "pace", "limited": false })).await;
    for _ in 0..50 {
        assert_eq!(code(&stage, JANA).await, 0);
    }
}

#[tokio::test]
async fn the_limits_are_an_option() {
    let stage = stage_with(|options| simulator::Options {
        pace_limits: false,
        ..options
    })
    .await;
    for _ in 0..50 {
        assert_eq!(code(&stage, JANA).await, 0);
    }
}
