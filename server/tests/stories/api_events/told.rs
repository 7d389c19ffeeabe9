//! What scripts are told of what happens by itself: customers write, Meta finds something out, somebody uses the phone.

use super::{all, place};
use crate::{
    content::{echo, post_body},
    stories,
    support::{START, Story, world::id_of},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_customer_who_writes_brings_a_session_back
    a_label_is_told_when_it_changes_something
    a_session_that_begins_closed_is_told_to_be_closed
}

/// The events of this type since then.
async fn since(story: &Story, from: &str, kind: &str) -> Vec<Value> {
    story.settled().await;
    let mut told = all(story, from, 200).await;
    told.retain(|event| event["type"] == kind);
    told
}

async fn does(story: &Story, method: Method, path: &str, body: Value) {
    let answer = story.api.send(story.api.request(method, path).json(&body)).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
}

async fn a_customer_who_writes_brings_a_session_back(story: &Story) {
    let line = story.support().await;
    let customer = story.customer(1);
    story.says(customer, &line, "Hello").await;
    let path = format!("/api/v1/sessions/{}", id_of(&story.session().await));
    let pick_up = json!({"extension": "201"});
    does(story, Method::POST, &format!("{path}/pick-up"), pick_up).await;
    let tomorrow = server::http::api::time(START.plus(Duration::from_secs(24 * 60 * 60)));
    let until = json!({ "until": tomorrow });
    does(story, Method::POST, &format!("{path}/snooze"), until).await;
    let from = place(story).await;
    for text in ["One more thing", "And another"] {
        story.says(customer, &line, text).await;
    }
    let woken = since(story, &from, "session.woken").await;
    assert_eq!(woken.len(), 1, "it was back already: {woken:#?}");
    assert_eq!(woken[0]["data"]["line"]["who"], Value::Null);
    assert_eq!(since(story, &from, "message.received").await.len(), 2);
}

async fn a_label_is_told_when_it_changes_something(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let label = story
        .api
        .post("/api/v1/labels", json!({"name": "VIP"}))
        .await
        .ok();
    let path = format!("/api/v1/sessions/{}/labels/{}", id_of(&session), id_of(&label));
    let from = place(story).await;
    for method in [Method::PUT, Method::PUT, Method::DELETE, Method::DELETE] {
        does(story, method, &path, json!({})).await;
    }
    assert_eq!(since(story, &from, "session.labelled").await.len(), 2);
}

async fn a_session_that_begins_closed_is_told_to_be_closed(story: &Story) {
    let line = story.support().await;
    let from = place(story).await;
    let now = START.millis() / 1000;
    let parcel = echo(&line, now, "wamid.e", "420800555977", "We have your parcel");
    post_body(story, &line, parcel).await;
    for kind in ["session.opened", "message.sent", "session.closed"] {
        let told = since(story, &from, kind).await;
        assert_eq!(told.len(), 1, "{kind}");
        assert_eq!(told[0]["data"]["session"]["state"], "closed");
    }
}
