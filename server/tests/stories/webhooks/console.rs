//! Webhooks as administrators manage them in the console.

use crate::{
    stories,
    support::{
        Story,
        events::Events,
        receiver::{Answer, Receiver},
    },
};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    administrators_see_what_a_webhook_answers_and_are_warned_when_it_is_gone
    pages_hear_when_a_webhook_begins_to_fail_and_when_it_works_again
    pages_do_not_hear_of_tests_and_replays
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn administrators_see_what_a_webhook_answers_and_are_warned_when_it_is_gone(story: &Story) {
    let admin = story.admin("admin").await;
    let (_, jana) = story.operator("201", "jana").await;
    let receiver = Receiver::start().await;
    let address = format!("http://127.0.0.1:{}/hook", receiver.port());
    let form = [
        ("form[name]", "CRM"),
        ("form[address]", address.as_str()),
        ("form[wanted][types][]", "note.written"),
        ("form[wanted][types][]", "message.received"),
    ];
    let created = admin.call("webhooks/create", &form).await.ok();
    let (id, secret) = (text(&created["id"]), text(&created["secret"]));
    let it = ("id", id.as_str());
    let stored = admin.call("webhooks/get", &[it]).await.ok();
    assert_eq!(
        stored["wanted"]["types"],
        json!(["note.written", "message.received"])
    );
    assert!(!stored.to_string().contains(&secret), "{stored}");

    let tested = admin.call("webhooks/test", &[it]).await.ok();
    assert_eq!(tested["answer"]["status"], 204);
    assert_eq!(receiver.got()[0].signed(&secret), (1, true));
    assert_eq!(receiver.got()[0].json()["type"], "webhook.test");

    receiver.always(Answer::Status(410));
    let tested = admin.call("webhooks/test", &[it]).await.ok();
    assert_eq!(tested["answer"]["status"], 410);
    let off = admin.call("webhooks/off", &[]).await.ok();
    assert_eq!(off, json!([{"id": id, "name": "CRM", "why": "gone"}]));
    assert_eq!(jana.call("webhooks/off", &[]).await.ok(), json!([]));
    let attempts = admin.call("webhooks/attempts", &[it]).await.ok();
    assert_eq!(attempts["items"].as_array().map(Vec::len), Some(2));

    receiver.always(Answer::Status(204));
    let on = [it, ("disabled", "false")];
    admin.call("webhooks/set-disabled", &on).await.ok();
    assert_eq!(admin.call("webhooks/off", &[]).await.ok(), json!([]));
    let undelivered = admin.call("webhooks/undelivered", &[it]).await.ok();
    assert_eq!(undelivered["waiting"], 0);
    let call = text(&undelivered["calls"]["items"][0]["id"]);
    let again = [it, ("call", call.as_str())];
    let replayed = admin.call("webhooks/replay", &again).await.ok();
    assert_eq!(replayed, json!({"events": 1, "is_all": true}));
    story.called().await;
    assert_eq!(receiver.got().len(), 3);
    assert_eq!(admin.call("webhooks/replay", &again).await.status, 409);

    admin.call("webhooks/delete", &[it]).await.ok();
    assert_eq!(admin.call("webhooks/list", &[]).await.ok(), json!([]));
}

async fn pages_hear_when_a_webhook_begins_to_fail_and_when_it_works_again(story: &Story) {
    let admin = story.admin("admin").await;
    let line = story.support().await;
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(503));
    let kind = json!({"types": ["message.received"]});
    let crm = story.hears("CRM", &receiver, kind).await;
    let failing = async || {
        let webhook = admin.call("webhooks/get", &[("id", crm.id.as_str())]).await.ok();
        !webhook["failing_since"].is_null()
    };
    story.settled().await;
    let mut live = Events::open(&admin).await;
    live.hello().await;

    story.says(story.customer(1), &line, "Hello").await;
    story.called().await;
    assert_eq!(receiver.got().len(), 1);
    assert!(!failing().await, "a first attempt proves nothing");
    story.called_later(Duration::from_secs(6)).await;
    assert_eq!(receiver.got().len(), 2);
    live.until("webhook").await;
    assert!(failing().await);
    receiver.always(Answer::Status(204));
    story.called_later(Duration::from_secs(6 * 60)).await;
    assert_eq!(receiver.got().len(), 3);
    live.until("webhook").await;
    assert!(!failing().await);

    // One that refuses now and then is no news.
    for customer in [2, 3] {
        receiver.answers([Answer::Status(503)]);
        story.says(story.customer(customer), &line, "Hello").await;
        story.called().await;
        story.says(story.customer(customer + 2), &line, "Hello").await;
        story.called().await;
    }
    assert_eq!(receiver.got().len(), 7);
    story.extension("299").await;
    let mut told = Vec::new();
    while told.last().is_none_or(|change| change != "directory") {
        let event = live.next().await.expect("an event");
        told.push(text(&event["change"]));
    }
    assert!(told.iter().any(|change| change == "message"), "{told:?}");
    assert!(told.iter().all(|change| change != "webhook"), "{told:?}");
}

async fn pages_do_not_hear_of_tests_and_replays(story: &Story) {
    let admin = story.admin("admin").await;
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let it = ("id", crm.id.as_str());
    story.settled().await;
    let mut live = Events::open(&admin).await;
    live.hello().await;
    admin.call("webhooks/test", &[it]).await.ok();
    admin.call("webhooks/replay-since", &[it]).await.ok();
    story.extension("299").await;
    let mut told = Vec::new();
    while told.last().is_none_or(|change| change != "directory") {
        let event = live.next().await.expect("an event");
        told.push(text(&event["change"]));
    }
    assert!(told.iter().all(|change| change != "webhook"), "{told:?}");
}
