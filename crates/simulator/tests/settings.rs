//! Graph in each of the situations that the settings produce.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[expect(dead_code, reason = "each test file uses its part of the stage")]
mod support;

use serde_json::{Value, json};
use simulator::{Outage, Setting, TokenSetting};
use std::time::{Duration, Instant};
use support::{APP, NOON, NUMBER, SECRET, Stage, TOKEN, WABA, answer, stage};

async fn get(stage: &Stage, path: &str) -> (u16, Value) {
    let request = stage.http.get(stage.graph(path)).bearer_auth(TOKEN);
    answer(request.send().await.unwrap()).await
}

async fn set(stage: &Stage, setting: Value) -> u16 {
    let url = stage.meta.url().join("simulator/api/settings").unwrap();
    let request = stage.http.post(url).json(&setting);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_number_is_what_it_is_set_to() {
    let stage = stage().await;
    let setting = json!({ "set": "number", "phone_number_id": NUMBER, "platform_type": "NOT_APPLICABLE", "status": "PENDING" });
    assert_eq!(set(&stage, setting).await, 204);
    let path = format!("{NUMBER}?fields=status,platform_type,quality_rating");
    let (_, number) = get(&stage, &path).await;
    assert_eq!(
        (
            &number["status"],
            &number["platform_type"],
            &number["quality_rating"]
        ),
        (&json!("PENDING"), &json!("NOT_APPLICABLE"), &json!("GREEN"))
    );
    let to_nobody = json!({ "messaging_product": "whatsapp", "to": "420800555101", "type": "text", "text": { "body": "x" } });
    let (_, refused) = stage.send(&to_nobody).await;
    assert_eq!(refused["error"]["code"], 133_010);

    let register = async |pin: &str| {
        let body = json!({ "messaging_product": "whatsapp", "pin": pin });
        let url = stage.graph(&format!("{NUMBER}/register"));
        let request = stage.http.post(url).bearer_auth(TOKEN).json(&body);
        answer(request.send().await.unwrap()).await
    };
    assert_eq!(register("12").await.1["error"]["code"], 100);
    assert_eq!(register("123456").await.0, 200);
    assert_eq!(get(&stage, &path).await.1["status"], "CONNECTED");
    assert_eq!(
        register("654321").await.1["error"]["code"],
        133_005,
        "the PIN is set now"
    );
    let unknown = json!({ "set": "number", "phone_number_id": "0" });
    assert_eq!(set(&stage, unknown).await, 404);
}

#[tokio::test]
async fn a_token_sees_what_it_may() {
    let stage = stage().await;
    let setting = TokenSetting {
        token: TOKEN.into(),
        wabas: Some(vec!["999".into()]),
        expires_at: Some(NOON / 1000 + 60),
        ..TokenSetting::default()
    };
    stage.meta.set(Setting::Token(setting.clone())).unwrap();
    for path in [NUMBER.to_owned(), format!("{WABA}/subscribed_apps")] {
        let (_, hidden) = get(&stage, &path).await;
        assert_eq!(hidden["error"]["code"], 100, "{path}");
        assert_eq!(hidden["error"]["error_subcode"], 33, "{path}");
    }
    let (_, inspected) = get(&stage, &format!("debug_token?input_token={TOKEN}")).await;
    let inspected = &inspected["data"];
    assert_eq!(inspected["granular_scopes"][0]["target_ids"], json!(["999"]));
    assert_eq!(inspected["expires_at"], NOON / 1000 + 60);
    let only_sends = TokenSetting {
        wabas: Some(vec![]),
        scopes: Some(vec!["whatsapp_business_messaging".into()]),
        expires_at: Some(NOON / 1000),
        ..setting
    };
    stage.meta.set(Setting::Token(only_sends.clone())).unwrap();
    let (_, over) = get(&stage, NUMBER).await;
    assert_eq!(over["error"]["error_subcode"], 463, "its time is over");
    let again = TokenSetting {
        expires_at: Some(0),
        ..only_sends
    };
    stage.meta.set(Setting::Token(again)).unwrap();
    assert_eq!(get(&stage, NUMBER).await.1["error"]["code"], 10);
}

#[tokio::test]
async fn an_app_is_believed_by_its_secret() {
    let stage = stage().await;
    stage.subscribe().await;
    let subscriptions = async |secret: &str| {
        let url = stage.graph(&format!("{APP}/subscriptions"));
        let request = stage.http.get(url).bearer_auth(format!("{APP}|{secret}"));
        answer(request.send().await.unwrap()).await
    };
    assert_eq!(subscriptions("slip").await.1["error"]["code"], 190);
    let (_, told) = subscriptions(SECRET).await;
    assert_eq!(told["data"][0]["fields"][0]["name"], "messages");
    let fields = json!({ "set": "fields", "app_id": APP, "fields": ["account_update"] });
    assert_eq!(set(&stage, fields).await, 204);
    assert_eq!(
        subscriptions(SECRET).await.1["data"][0]["fields"][0]["name"],
        "account_update"
    );
    let nobody = json!({ "set": "subscribed_apps", "waba_id": WABA, "app_ids": [] });
    assert_eq!(set(&stage, nobody).await, 204);
    let (_, apps) = get(&stage, &format!("{WABA}/subscribed_apps")).await;
    assert_eq!(apps["data"], json!([]));
}

#[tokio::test]
async fn graph_can_be_late_wrong_and_out_of_its_time() {
    let stage = stage().await;
    set(&stage, json!({ "set": "clock", "ahead_seconds": 3600 })).await;
    set(&stage, json!({ "set": "latency", "ms": 200 })).await;
    let started = Instant::now();
    let request = stage.http.get(stage.graph(NUMBER)).bearer_auth(TOKEN);
    let response = request.send().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(response.headers()["date"], "Sun, 22 Nov 2026 13:00:00 GMT");

    set(&stage, json!({ "set": "latency", "ms": 0 })).await;
    let outage = json!({ "set": "outage", "outage": { "kind": "status5xx", "code": 502 } });
    assert_eq!(set(&stage, outage).await, 204);
    let request = stage.http.get(stage.graph(NUMBER)).bearer_auth(TOKEN);
    assert_eq!(request.send().await.unwrap().status(), 502);
    let cut = Setting::Outage {
        outage: Some(Outage::DropConnection),
    };
    stage.meta.set(cut).unwrap();
    let request = stage.http.get(stage.graph(NUMBER)).bearer_auth(TOKEN);
    assert!(request.send().await.is_err());
    set(&stage, json!({ "set": "outage", "outage": null })).await;
    assert_eq!(get(&stage, NUMBER).await.0, 200);
}
