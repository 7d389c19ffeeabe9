//! What scripts are told of what happens by itself: customers write, Meta finds something out, somebody uses the phone.

use super::{all, place};
use crate::{
    content::{echo, post_body},
    stories,
    support::{
        START, Story,
        world::{WABA_ID, id_of},
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Setting, TemplateSpec, example_templates};
use std::time::Duration;

stories! {
    a_customer_who_writes_brings_a_session_back
    a_label_is_told_when_it_changes_something
    a_session_that_begins_closed_is_told_to_be_closed
    what_meta_finds_out_of_a_contact_is_told
    a_contact_that_is_erased_is_told
    a_channel_is_told_when_it_changes
    a_template_is_told_when_it_is_new_or_has_changed
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

async fn what_meta_finds_out_of_a_contact_is_told(story: &Story) {
    let line = story.support().await;
    let number = "420800555201";
    story.says(story.customer(1), &line, "Hello").await;
    let from = place(story).await;
    for wamid in ["wamid.1", "wamid.2"] {
        story.is_known_as(&line, wamid, Some(number), None).await;
        story.settled().await;
    }
    let changed = since(story, &from, "contact.changed").await;
    assert_eq!(changed.len(), 1, "another name: {changed:#?}");
    assert_eq!(changed[0]["data"]["contact"]["label"], "Eva");
    let kept = changed[0]["data"]["contact"]["id"].clone();

    story.is_known_as(&line, "wamid.3", None, Some("CZ.1")).await;
    let from = place(story).await;
    story
        .is_known_as(&line, "wamid.4", Some(number), Some("CZ.1"))
        .await;
    let changed = since(story, &from, "contact.changed").await;
    assert!(!changed.is_empty());
    assert!(changed.iter().all(|event| event["data"]["contact"]["id"] == kept));
    let gone = since(story, &from, "contact.deleted").await;
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0]["data"]["merged_into"], kept);
    let path = |id: &Value| format!("/api/v1/contacts/{}", id.as_str().expect("an id"));
    story.api.get(&path(&kept)).await.ok();
    let nobody = path(&gone[0]["data"]["contact_id"]);
    story.api.get(&nobody).await.problem(404);
}

async fn a_contact_that_is_erased_is_told(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let contact = id_of(&session["contact"]);
    let from = place(story).await;
    let path = format!("/api/v1/contacts/{contact}");
    does(story, Method::DELETE, &path, json!({})).await;
    let gone = since(story, &from, "contact.deleted").await;
    assert_eq!(gone.len(), 1);
    let expected = json!({"contact_id": contact, "merged_into": null});
    assert_eq!(gone[0]["data"], expected);
}

async fn a_channel_is_told_when_it_changes(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    let examine = async || story.api.post(&format!("{path}/health"), json!({})).await.ok();
    examine().await;
    let from = place(story).await;
    examine().await;
    assert!(since(story, &from, "channel.changed").await.is_empty());
    story.api.post(&format!("{path}/pause"), json!({})).await.ok();
    let changed = since(story, &from, "channel.changed").await;
    assert!(!changed.is_empty());
    assert_eq!(changed[0]["data"]["channel"]["status"], "paused");
    does(
        story,
        Method::DELETE,
        &format!("{path}?name=Channel%201"),
        json!({}),
    )
    .await;
    let gone = since(story, &from, "channel.deleted").await;
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0]["data"], json!({"channel_id": line.channel}));
}

async fn a_template_is_told_when_it_is_new_or_has_changed(story: &Story) {
    const OVER_AN_HOUR: Duration = Duration::from_secs(61 * 60);
    let line = story.support().await;
    story.allow_templates(&line).await;
    let from = place(story).await;
    // Meta signs the address of an example anew each time.
    for (status, signed, told) in [("PENDING", 1, 1), ("PENDING", 2, 1), ("APPROVED", 2, 2)] {
        let example = format!("https://example.com/a.jpg?oh={signed}");
        let mut templates = example_templates();
        templates.push(TemplateSpec {
            id: "900000000000777".into(),
            name: "new".into(),
            status: status.into(),
            components: json!([
                { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": [example] } },
                { "type": "BODY", "text": "Hello!" }
            ]),
            ..TemplateSpec::default()
        });
        let waba_id = WABA_ID.to_owned();
        let setting = Setting::Templates { waba_id, templates };
        story.meta.set(setting).expect("an account");
        story.later(OVER_AN_HOUR).await;
        let changed = since(story, &from, "template.changed").await;
        assert_eq!(changed.len(), told, "{status}: {changed:#?}");
        let last = &changed.last().expect("one")["data"];
        assert_eq!((&last["name"], &last["status"]), (&json!("new"), &json!(status)));
    }
}
