//! Webhooks of which something that is stored is not as it should be.

use super::{DAY, TYPES, converse, does, ids, listed, place, read};
use crate::{
    stories,
    support::{
        Story,
        database::Database,
        receiver::{Answer, Receiver},
        world::id_of,
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    one_whose_secret_does_not_open_fails_like_any_other
    one_whose_secret_does_not_open_is_given_another
    a_former_secret_that_does_not_open_does_not_sign
    one_whose_address_cannot_be_read_is_given_another
    one_whose_wishes_cannot_be_read_gets_everything_and_hides_no_other
    an_erasure_lets_other_sessions_go_on
    events_that_stood_still_go_on_when_it_is_enabled
    events_of_which_a_later_one_was_due_go_on_when_it_is_enabled
}

async fn run(story: &Story, sql: &str) {
    story.database.run(story.data_dir(), sql).await;
}

async fn spoil(story: &Story, secret: &str) {
    let bad = match story.database {
        Database::Sqlite => "X'00'",
        Database::Postgres { .. } => "'\\x00'",
    };
    run(story, &format!("UPDATE webhooks SET {secret} = {bad}")).await;
}

async fn one_whose_secret_does_not_open_fails_like_any_other(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    spoil(story, "sealed").await;
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    let attempts = listed(story, &crm, "attempts").await;
    assert_eq!(
        (&attempts[0]["failure"], &attempts[0]["status"]),
        (&json!("unreadable"), &Value::Null)
    );
    for _ in 0..7 {
        story.called_later(DAY / 2).await;
    }
    assert!(read(story, &crm).await["failing_since"].is_string());
    let now = read(story, &crm).await;
    assert_eq!((&now["waiting"], &now["dead"]), (&json!(0), &json!(1)));
    assert_eq!(listed(story, &crm, "attempts").await.len(), 8);
    assert!(receiver.got().is_empty());
}

async fn one_whose_secret_does_not_open_is_given_another(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    spoil(story, "sealed").await;
    let new = does(story, &crm, "rotate", json!({})).await;
    let new = new["secret"].as_str().expect("a secret");
    assert_eq!(read(story, &crm).await["former_secret_until"], Value::Null);
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    assert_eq!(receiver.got()[0].signed(new), (1, true));
}

async fn a_former_secret_that_does_not_open_does_not_sign(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let new = does(story, &crm, "rotate", json!({})).await;
    let new = new["secret"].as_str().expect("a secret");
    spoil(story, "former_sealed").await;
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    assert_eq!(receiver.got()[0].signed(new), (1, true));
}

async fn one_whose_address_cannot_be_read_is_given_another(story: &Story) {
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let address = read(story, &crm).await["address"].clone();
    run(story, "UPDATE webhooks SET address = 'nowhere'").await;
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    assert_eq!(listed(story, &crm, "attempts").await[0]["failure"], "unreadable");
    let change = story.api.request(Method::PATCH, &crm.path);
    let change = change.json(&json!({ "address": address }));
    story.api.send(change).await.ok();
    story.called().await;
    assert_eq!(receiver.got().len(), 1, "the test goes to the new address");
}

async fn one_whose_wishes_cannot_be_read_gets_everything_and_hides_no_other(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let crm = story
        .hears("CRM", &receiver, json!({"types": ["note.written"]}))
        .await;
    run(story, "UPDATE webhooks SET wanted = '{'").await;
    let listed = story.api.items("/api/v1/webhooks").await;
    assert_eq!(listed.iter().map(id_of).collect::<Vec<_>>(), [crm.id.as_str()]);
    assert_eq!(read(story, &crm).await["types"], json!([]));
    let from = place(story).await;
    converse(story, &line).await;
    story.called().await;
    let known = ids(story, &from).await;
    assert!(known.iter().all(|id| receiver.ids().contains(id)), "{known:?}");
}

async fn events_that_stood_still_go_on_when_it_is_enabled(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(500));
    let crm = story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    let from = place(story).await;
    converse(story, &line).await;
    story.called().await;
    receiver.always(Answer::Status(204));
    let tried = receiver.got().len();
    run(story, "UPDATE webhook_calls SET due_at = NULL").await;
    story.called_later(Duration::from_secs(60 * 60)).await;
    assert_eq!(receiver.got().len(), tried, "nothing is due");
    does(story, &crm, "enable", json!({})).await;
    story.called().await;
    assert_eq!(receiver.ids()[tried..], ids(story, &from).await);
}

async fn events_of_which_a_later_one_was_due_go_on_when_it_is_enabled(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(500));
    let crm = story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    let from = place(story).await;
    converse(story, &line).await;
    story.called().await;
    receiver.always(Answer::Status(204));
    let tried = receiver.got().len();
    let swapped = "UPDATE webhook_calls SET due_at = CASE WHEN due_at IS NULL THEN 0 END";
    run(story, swapped).await;
    does(story, &crm, "enable", json!({})).await;
    story.called().await;
    assert_eq!(receiver.ids()[tried..], ids(story, &from).await);
}

async fn an_erasure_lets_other_sessions_go_on(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(500));
    let kind = json!({"types": ["message.received"]});
    story.hears("CRM", &receiver, kind).await;
    for customer in [1, 2] {
        for text in ["Hello", "Is anybody there?"] {
            story.says(story.customer(customer), &line, text).await;
        }
    }
    story.called().await;
    receiver.always(Answer::Status(204));
    let tried = receiver.got().len();
    // The first event of each is the first customer's.
    let moved = "UPDATE webhook_events SET session_id = (SELECT id FROM sessions ORDER BY id LIMIT 1) \
                 WHERE id IN (SELECT event_id FROM webhook_calls WHERE due_at IS NOT NULL)";
    run(story, moved).await;
    let sessions = story.api.items("/api/v1/sessions").await;
    let first = sessions.iter().min_by_key(|session| id_of(session));
    let contact = id_of(&first.expect("a session")["contact"]);
    let path = format!("/api/v1/contacts/{contact}");
    story
        .api
        .send(story.api.request(Method::DELETE, &path))
        .await
        .ok();
    story.called_later(Duration::from_secs(60 * 60)).await;
    assert_eq!(receiver.got().len(), tried + 1, "the second customer's second");
}
