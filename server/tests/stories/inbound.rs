//! Every item of a delivery counts.

use crate::{
    stories,
    support::{
        START, Story,
        world::{Line, WABA_ID, delivery, text_message},
    },
};
use domain::{access::Actor, dead_letter::DeadReason};
use serde_json::{Value, json};
use simulator::Signature;

const FROM: &str = "420800555901";

stories! {
    a_thousand_updates_in_three_megabytes_all_arrive
    a_message_and_a_status_share_a_value
    every_entry_and_every_change_counts
    a_contact_belongs_to_its_message_wherever_it_stands
    messages_stand_in_the_order_of_metas_time
    a_late_name_does_not_replace_a_newer_one
    every_type_is_a_message_and_an_unknown_one_too
    a_batch_that_the_disk_has_spoilt_stops_nobody
    a_run_of_wrong_signatures_degrades_the_channel
}

async fn receives(story: &Story, line: &Line, body: Vec<u8>) {
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
}

/// A text written this many seconds after the beginning.
fn text_at(from: &str, wamid: &str, seconds: i64) -> Value {
    let mut text = text_message(from, wamid, wamid);
    text["timestamp"] = json!((START.millis() / 1000 + seconds).to_string());
    text
}

fn change(line: &Line, value: Value) -> Value {
    let mut value = value;
    value["metadata"] =
        json!({"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id});
    json!({"field": "messages", "value": value})
}

fn notification(entries: &[Vec<Value>]) -> Vec<u8> {
    let entry = |changes: &Vec<Value>| json!({"id": WABA_ID, "changes": changes});
    let entries: Vec<_> = entries.iter().map(entry).collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
        .to_string()
        .into_bytes()
}

async fn a_thousand_updates_in_three_megabytes_all_arrive(story: &Story) {
    let line = story.support().await;
    let long = "ž".repeat(1400);
    let mut messages: Vec<_> = (0..999)
        .map(|n| text_message(FROM, &format!("wamid.{n}"), &long))
        .collect();
    messages.insert(
        500,
        json!({"type": "text", "text": {"body": "nobody can read this"}}),
    );
    let body = delivery(&line.phone_number_id, FROM, &messages);
    assert!(
        (2_800_000..=3 * 1024 * 1024).contains(&body.len()),
        "{}",
        body.len()
    );
    receives(story, &line, body).await;

    assert_eq!(story.count("messages").await, 999);
    assert_eq!(story.session().await["unread"], 999);
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason, DeadReason::UnreadableItem);
    let open = engine::inbound::dead_letters::open(&story.engine, &Actor::System, letters[0].id).await;
    assert!(open.expect("a letter").raw.contains("nobody can read this"));
}

async fn a_message_and_a_status_share_a_value(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.answers(&session, "Yes?").await;
    story.settled().await;
    let answer = story.messages(&session).await.pop().expect("a message");
    let read = json!({"id": answer["wamid"], "status": "read", "timestamp": "1795341700"});
    let value = json!({"messages": [text_at(FROM, "wamid.both", 9)], "statuses": [read]});
    receives(story, &line, notification(&[vec![change(&line, value)]])).await;

    let messages = story.messages(&session).await;
    let answer = messages
        .iter()
        .find(|message| message["wamid"] == answer["wamid"]);
    assert_eq!(answer.expect("the answer")["status"], "read");
    assert_eq!(story.api.items("/api/v1/sessions").await.len(), 2);
}

async fn every_entry_and_every_change_counts(story: &Story) {
    let line = story.support().await;
    let of = |n: i64| {
        let wamid = |m: i64| format!("wamid.{n}.{m}");
        let messages = [
            text_at(FROM, &wamid(1), 2 * n),
            text_at(FROM, &wamid(2), 2 * n + 1),
        ];
        change(&line, json!({ "messages": messages }))
    };
    let other = json!({"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}});
    let body = notification(&[vec![of(0), of(1)], vec![other, of(2)], vec![of(3)]]);
    receives(story, &line, body).await;
    assert_eq!(story.messages(&story.session().await).await.len(), 8);
    let kept: Vec<_> = story
        .dead_letters()
        .await
        .into_iter()
        .map(|letter| letter.reason)
        .collect();
    assert_eq!(kept, [DeadReason::NotUsed], "the account's update is kept");
}

async fn a_contact_belongs_to_its_message_wherever_it_stands(story: &Story) {
    let line = story.support().await;
    let contact = |name: &str, number: &str| json!({"profile": {"name": name}, "wa_id": number});
    let value = json!({
        "contacts": [contact("Second", "420800555902"), contact("First", "420800555901")],
        "messages": [text_at("420800555901", "wamid.1", 0), text_at("420800555902", "wamid.2", 0)],
    });
    receives(story, &line, notification(&[vec![change(&line, value)]])).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let mut labels: Vec<_> = sessions
        .iter()
        .map(|session| {
            (
                session["contact"]["number"].clone(),
                session["contact"]["label"].clone(),
            )
        })
        .collect();
    labels.sort_by_key(|(number, _)| number.to_string());
    let pair = |number: &str, label: &str| (json!(number), json!(label));
    assert_eq!(
        labels,
        [pair("+420800555901", "First"), pair("+420800555902", "Second")]
    );
}

async fn messages_stand_in_the_order_of_metas_time(story: &Story) {
    let line = story.support().await;
    for seconds in [30, 10, 20] {
        let late = text_at(FROM, &format!("wamid.{seconds}"), seconds);
        receives(story, &line, delivery(&line.phone_number_id, FROM, &[late])).await;
    }
    let messages = story.messages(&story.session().await).await;
    let order: Vec<_> = messages.iter().map(|message| message["wamid"].clone()).collect();
    assert_eq!(order, ["wamid.10", "wamid.20", "wamid.30"]);
    assert_eq!(messages[0]["timestamp"], "2026-11-22T10:00:10Z", "Meta's time");
}

async fn a_late_name_does_not_replace_a_newer_one(story: &Story) {
    let line = story.support().await;
    for (seconds, name) in [(20, "Jana Nová"), (10, "Jana Stará")] {
        let value = json!({
            "contacts": [{"profile": {"name": name}, "wa_id": FROM}],
            "messages": [text_at(FROM, &format!("wamid.{seconds}"), seconds)],
        });
        receives(story, &line, notification(&[vec![change(&line, value)]])).await;
    }
    assert_eq!(story.session().await["contact"]["label"], "Jana Nová");
}

async fn every_type_is_a_message_and_an_unknown_one_too(story: &Story) {
    let line = story.support().await;
    let media = json!({"id": "1", "mime_type": "image/jpeg", "sha256": "x"});
    let own = [
        ("text", json!({"body": "x"})),
        ("image", media.clone()),
        ("video", media.clone()),
        ("audio", media.clone()),
        ("document", media.clone()),
        ("sticker", media),
        ("location", json!({"latitude": 50.1, "longitude": 14.4})),
        ("contacts", json!([{"name": {"formatted_name": "Petr"}}])),
        ("button", json!({"text": "Yes"})),
        (
            "interactive",
            json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}}),
        ),
        ("order", json!({"catalog_id": "1", "product_items": []})),
        ("unsupported", json!({"type": "poll_creation"})),
        ("hologram", json!({"depth": 3})),
        ("location", json!("broken")),
    ];
    let messages: Vec<_> = own
        .iter()
        .enumerate()
        .map(|(n, (kind, own))| {
            let at = (START.millis() / 1000 + i64::try_from(n).expect("few")).to_string();
            json!({"id": format!("wamid.{n}"), "from": FROM, "timestamp": at, "type": kind, *kind: own})
        })
        .collect();
    receives(story, &line, delivery(&line.phone_number_id, FROM, &messages)).await;
    let kept = story.messages(&story.session().await).await;
    let kinds: Vec<_> = kept
        .iter()
        .map(|message| message["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, own.iter().map(|(kind, _)| *kind).collect::<Vec<_>>());
    assert_eq!(story.count("message_payloads").await, 14, "each with its JSON");
    assert!(story.dead_letters().await.is_empty());
}

async fn a_run_of_wrong_signatures_degrades_the_channel(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    receives(
        story,
        &line,
        delivery(&line.phone_number_id, FROM, &[text_at(FROM, "wamid.1", 0)]),
    )
    .await;
    assert_eq!(story.api.get(&path).await.ok()["status"], "active");
    for _ in 0..domain::doctor::SIGNATURES_WRONG_FROM {
        let answer = story
            .meta
            .deliver_raw(Some(&line.webhook_url), "{}", Signature::Missing)
            .await;
        assert_eq!(answer.expect("an answer").0, 401);
    }
    assert_eq!(story.api.get(&path).await.ok()["status"], "degraded");
    receives(
        story,
        &line,
        delivery(&line.phone_number_id, FROM, &[text_at(FROM, "wamid.2", 1)]),
    )
    .await;
    assert_eq!(story.api.get(&path).await.ok()["status"], "active");
}

async fn a_batch_that_the_disk_has_spoilt_stops_nobody(story: &Story) {
    let line = story.support().await;
    let post = async |wamid: &str| {
        let body = delivery(&line.phone_number_id, FROM, &[text_message(FROM, wamid, "Hello")]);
        assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
        story.settled().await;
    };
    post("wamid.1").await;
    let spoil = "UPDATE journal SET applied_at = NULL, body = substr(body, 1, 5)";
    story.database.run(story.data_dir(), spoil).await;
    post("wamid.2").await;
    assert_eq!(story.count("messages").await, 2, "what came after it is applied");
    let letters = story.dead_letters().await;
    assert_eq!(letters.len(), 1, "and the batch is not forgotten");
    assert_eq!(letters[0].reason, DeadReason::Failed);
    let all = domain::dead_letter::Filter::default();
    let replayed = engine::inbound::dead_letters::replay_all(&story.engine, &Actor::System, &all, None).await;
    assert_eq!(
        replayed.expect("an answer").lost,
        1,
        "nor is any other replay stopped"
    );
}
