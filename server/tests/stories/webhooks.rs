//! Other programs hear of events at addresses of their own, whatever they answer.

mod console;
mod keeping;
mod replays;
mod spoiled;
mod verified;

use crate::{
    stories,
    support::{
        START, Story,
        receiver::{Answer, Receiver, Webhook},
        world::{Line, id_of},
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    each_event_comes_in_order_also_beside_a_receiver_that_hangs
    a_receiver_that_comes_back_gets_everything
    a_receiver_is_left_alone_as_long_as_it_asks
    five_days_of_failures_switch_a_webhook_off
    what_was_given_up_is_sent_again
    a_webhook_gets_only_what_it_wants
    what_is_erased_is_not_kept_for_webhooks
}

const EVENTS: &str = "/api/v1/events";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// What happens to a session in these stories.
const TYPES: [&str; 7] = [
    "session.opened",
    "session.routed",
    "session.picked_up",
    "session.closed",
    "message.received",
    "message.sent",
    "message.status_changed",
];

/// The place of now among the events.
async fn place(story: &Story) -> String {
    story.settled().await;
    let page = story.api.get(EVENTS).await.ok();
    page["next_cursor"].as_str().expect("a place").to_owned()
}

/// The ids of what has happened to sessions since then.
async fn ids(story: &Story, after: &str) -> Vec<String> {
    let path = format!("{EVENTS}?after={after}&limit=200");
    let events = story.api.items(&path).await;
    let wanted = events
        .iter()
        .filter(|event| TYPES.iter().any(|kind| event["type"] == *kind));
    wanted.map(id_of).collect()
}

async fn converse(story: &Story, line: &Line) {
    let session = story.picked_up(line).await;
    story.answers(&session, "Good day").await;
    story.settled().await;
    let close = format!("/api/v1/sessions/{}/close", id_of(&session));
    story.api.post(&close, json!({"reason": "solved"})).await.ok();
    story.settled().await;
}

async fn read(story: &Story, webhook: &Webhook) -> Value {
    story.api.get(&webhook.path).await.ok()
}

async fn does(story: &Story, webhook: &Webhook, what: &str, body: Value) -> Value {
    let path = format!("{}/{what}", webhook.path);
    story.api.post(&path, body).await.ok()
}

async fn listed(story: &Story, webhook: &Webhook, what: &str) -> Vec<Value> {
    story.api.items(&format!("{}/{what}", webhook.path)).await
}

async fn each_event_comes_in_order_also_beside_a_receiver_that_hangs(story: &Story) {
    let line = story.support().await;
    let (good, hanging) = (Receiver::start().await, Receiver::start().await);
    hanging.always(Answer::Never);
    let crm = story.hears("CRM", &good, json!({"types": TYPES})).await;
    story.hears("PBX", &hanging, json!({"types": TYPES})).await;
    let from = place(story).await;
    converse(story, &line).await;
    let known = ids(story, &from).await;
    assert!(known.len() >= TYPES.len(), "{known:?}");
    good.has(known.len()).await;
    assert_eq!(good.ids(), known);
    hanging.has(1).await;
    assert_eq!(hanging.ids(), known[..1], "nothing overtakes it in its session");

    let told = story.api.items(&format!("{EVENTS}?after={from}&limit=200")).await;
    for got in good.got() {
        assert_eq!(got.signed(&crm.secret), (1, true));
        assert_eq!(got.header("content-type"), "application/json");
        let event = told.iter().find(|event| event["id"] == got.header("webhook-id"));
        let (event, got) = (event.expect("an event"), got.json());
        for field in ["id", "type", "timestamp"] {
            assert_eq!(got[field], event[field], "{field}");
        }
        assert_eq!(got["data"]["session"]["id"], event["data"]["session"]["id"]);
    }
}

async fn a_receiver_that_comes_back_gets_everything(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    receiver.answers([Answer::Status(500), Answer::Long(502), Answer::Elsewhere]);
    let from = place(story).await;
    converse(story, &line).await;
    story.called().await;
    let waiting = listed(story, &crm, "calls?state=waiting").await;
    let first = waiting.last().expect("the first event");
    assert_eq!(
        (&first["attempts"], &first["state"]),
        (&json!(1), &json!("waiting"))
    );
    assert!(first["next_attempt_at"].is_string(), "{first}");
    let of_first = format!("calls/{}/attempts", id_of(first));
    assert_eq!(listed(story, &crm, &of_first).await.len(), 1);

    for seconds in [6, 6 * 60, 34 * 60] {
        story.called_later(Duration::from_secs(seconds)).await;
    }
    let known = ids(story, &from).await;
    let mut came = receiver.ids();
    assert!(came[..4].iter().all(|id| *id == known[0]), "{came:?}");
    came.dedup();
    assert_eq!(came, known);
    assert!(receiver.got().iter().all(|got| got.signed(&crm.secret).1));
    assert!(
        receiver.got().iter().all(|got| got.path == "/hook"),
        "no redirect is followed"
    );

    let mut attempts = listed(story, &crm, "attempts?limit=200").await;
    attempts.reverse();
    let statuses: Vec<_> = attempts
        .iter()
        .map(|attempt| attempt["status"].as_u64())
        .collect();
    assert_eq!(statuses[..4], [Some(500), Some(502), Some(302), Some(204)]);
    assert!(statuses[3..].iter().all(|status| *status == Some(204)));
    assert_eq!(attempts[1]["excerpt"].as_str().map(str::len), Some(1024));
    let now = read(story, &crm).await;
    assert_eq!(
        (&now["waiting"], &now["dead"], &now["failing_since"]),
        (&json!(0), &json!(0), &Value::Null)
    );
}

async fn a_receiver_is_left_alone_as_long_as_it_asks(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    receiver.answers([Answer::After(429, "600")]);
    does(story, &crm, "test", json!({})).await;
    for (minutes, calls) in [(0, 1), (9, 1), (2, 2)] {
        story.called_later(Duration::from_secs(60 * minutes)).await;
        assert_eq!(receiver.got().len(), calls);
    }
}

async fn five_days_of_failures_switch_a_webhook_off(story: &Story) {
    let (failing, watching) = (Receiver::start().await, Receiver::start().await);
    failing.always(Answer::Status(503));
    let crm = story
        .hears("CRM", &failing, json!({"types": ["message.sent"]}))
        .await;
    let off = json!({"types": ["webhook.switched_off"]});
    let pbx = story.hears("PBX", &watching, off).await;
    for _ in 0..5 {
        assert_eq!(read(story, &crm).await["off"], Value::Null);
        does(story, &crm, "test", json!({})).await;
        story.called().await;
        story.called_later(Duration::from_secs(6)).await;
        story.called_later(DAY).await;
    }
    let now = read(story, &crm).await;
    assert_eq!(now["off"]["why"], "failing");
    assert_eq!(now["waiting"], 0);
    watching.has(1).await;
    let told = watching.got()[0].json();
    assert_eq!(told["type"], "webhook.switched_off");
    assert_eq!(
        (&told["data"]["id"], &told["data"]["why"]),
        (&json!(crm.id), &json!("failing"))
    );
    assert_eq!(read(story, &pbx).await["off"], Value::Null);

    failing.always(Answer::Status(204));
    assert_eq!(does(story, &crm, "enable", json!({})).await["off"], Value::Null);
    let replayed = does(story, &crm, "replay", json!({})).await;
    assert_eq!(
        (&replayed["replayed"], &replayed["done"]),
        (&now["dead"], &json!(true))
    );
    story.called().await;
    let now = read(story, &crm).await;
    assert_eq!((&now["waiting"], &now["dead"]), (&json!(0), &json!(0)));
}

async fn what_was_given_up_is_sent_again(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    receiver.always(Answer::Status(410));
    let from = place(story).await;
    story.says(story.customer(1), &line, "Hello").await;
    story.called().await;
    assert_eq!(read(story, &crm).await["off"]["why"], "gone");
    assert_eq!(receiver.got().len(), 1, "it is gone");
    let dead = listed(story, &crm, "calls?state=dead").await;
    assert!(
        !dead.is_empty() && dead.iter().all(|call| call["given_up_at"].is_string()),
        "{dead:#?}"
    );

    receiver.always(Answer::Status(204));
    does(story, &crm, "enable", json!({})).await;
    let oldest = dead.last().expect("one");
    let replay = format!("{}/calls/{}/replay", crm.path, id_of(oldest));
    assert_eq!(story.api.post(&replay, json!({})).await.status, 204);
    story.called().await;
    assert_eq!(
        receiver.ids().last().map(String::as_str),
        oldest["event"].as_str()
    );
    let again = story.api.post(&replay, json!({})).await.problem(409);
    assert_eq!(again["type"], "urn:switchboard:nothing_to_replay");
    let rest = does(story, &crm, "replay", json!({})).await;
    assert_eq!(rest["replayed"], dead.len() - 1);
    story.called().await;

    // Everything since a time, also what it has had.
    let before = receiver.got().len();
    let known = ids(story, &from).await;
    let since = json!({"since": server::http::api::time(START)});
    assert_eq!(does(story, &crm, "replay", since).await["replayed"], known.len());
    story.called().await;
    assert_eq!(receiver.ids()[before..], known);
    let replay = format!("{}/replay", crm.path);
    let odd = story.api.post(&replay, json!({"since": "yesterday"})).await;
    odd.problem(400);
}

async fn a_webhook_gets_only_what_it_wants(story: &Story) {
    let line = story.support().await;
    let sales = story.staffed("Sales").await;
    let kind = ["message.received"];
    let mut receivers = Vec::new();
    for (name, which, calls) in [
        ("all", json!({"types": kind}), 1),
        ("channel", json!({"types": kind, "channels": [line.channel]}), 1),
        ("queue", json!({"types": kind, "queues": [sales]}), 0),
        ("type", json!({"types": ["note.written"]}), 0),
    ] {
        let receiver = Receiver::start().await;
        story.hears(name, &receiver, which).await;
        receivers.push((name, receiver, calls));
    }
    story.says(story.customer(1), &line, "Hello").await;
    story.called().await;
    for (name, receiver, calls) in receivers {
        assert_eq!(receiver.got().len(), calls, "{name}");
    }
}

async fn what_is_erased_is_not_kept_for_webhooks(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(500));
    story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    story.says(story.customer(1), &line, "Hello").await;
    story.called().await;
    let tables = ["webhook_events", "webhook_calls", "webhook_attempts"];
    for table in tables {
        assert!(story.count(table).await > 0, "{table}");
    }
    let contact = id_of(&story.session().await["contact"]);
    let erase = story
        .api
        .request(Method::DELETE, &format!("/api/v1/contacts/{contact}"));
    story.api.send(erase).await.ok();
    story.called().await;
    for table in tables {
        assert_eq!(story.count(table).await, 0, "{table}");
    }
}
