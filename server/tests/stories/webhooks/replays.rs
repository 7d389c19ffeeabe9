//! A receiver that takes events again does not wait for their next attempts.

use super::{DAY, TYPES, does, ids, listed, place, read};
use crate::{
    stories,
    support::{
        START, Story,
        receiver::{Answer, Receiver, Webhook},
        world::id_of,
    },
};
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

stories! {
    what_waits_for_a_later_attempt_is_sent_at_once
    what_is_sent_at_once_has_all_its_attempts_again
    a_receiver_that_asks_to_be_left_alone_gets_tests_only
    what_is_erased_during_a_replay_does_not_end_it
    a_replay_that_a_kill_interrupted_goes_on
}

/// Each way to have sent what waits.
async fn send_at_once(story: &Story, crm: &Webhook, way: &str) {
    match way {
        "all" => assert_eq!(does(story, crm, "replay", json!({})).await["replayed"], 1),
        "since" => {
            let since = json!({"since": server::http::api::time(story.clock.now())});
            assert_eq!(does(story, crm, "replay", since).await["replayed"], 1);
        }
        "one" => {
            let waiting = listed(story, crm, "calls?state=waiting").await;
            let latest = waiting.first().expect("an event");
            assert_eq!(latest["next_attempt_at"], Value::Null, "it waits behind another");
            let replay = format!("{}/calls/{}/replay", crm.path, id_of(latest));
            assert_eq!(story.api.post(&replay, json!({})).await.status, 204);
        }
        "address" => {
            let address = read(story, crm).await["address"].as_str().map(str::to_owned);
            let other = address.expect("an address").replace("/hook", "/moved");
            let change = story.api.request(Method::PATCH, &crm.path);
            let change = change.json(&json!({ "address": other }));
            story.api.send(change).await.ok();
        }
        "enable" => drop(does(story, crm, "enable", json!({})).await),
        _ => story.called_later(DAY + Duration::from_secs(1)).await,
    }
    story.called().await;
}

async fn what_waits_for_a_later_attempt_is_sent_at_once(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({"types": TYPES})).await;
    let customer = story.customer(1);
    for way in ["all", "since", "one", "address"] {
        receiver.always(Answer::Status(500));
        let from = place(story).await;
        for text in ["Hello", "Is anybody there?"] {
            story.says(customer, &line, text).await;
        }
        story.called().await;
        for seconds in [6, 6 * 60] {
            story.called_later(Duration::from_secs(seconds)).await;
        }
        let tried = receiver.got().len();
        receiver.always(Answer::Status(204));
        story.called_later(Duration::from_secs(60)).await;
        assert_eq!(receiver.got().len(), tried, "it waits for half an hour");
        send_at_once(story, &crm, way).await;
        assert_eq!(receiver.ids()[tried..], ids(story, &from).await, "{way}");
    }
    assert_eq!(receiver.got().last().expect("an event").path, "/moved");
}

async fn what_is_sent_at_once_has_all_its_attempts_again(story: &Story) {
    let receiver = Receiver::start().await;
    receiver.always(Answer::Status(500));
    let crm = story.hears("CRM", &receiver, json!({})).await;
    let attempts = async || listed(story, &crm, "calls?state=waiting").await[0]["attempts"].clone();
    does(story, &crm, "test", json!({})).await;
    story.called().await;
    story.called_later(Duration::from_secs(6)).await;
    assert_eq!(attempts().await, 2);
    send_at_once(story, &crm, "all").await;
    assert_eq!((attempts().await, receiver.got().len()), (json!(1), 3));
    story.called_later(Duration::from_secs(6)).await;
    assert_eq!((attempts().await, receiver.got().len()), (json!(2), 4));
}

async fn a_receiver_that_asks_to_be_left_alone_gets_tests_only(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let kind = json!({"types": ["message.received"]});
    let crm = story.hears("CRM", &receiver, kind).await;
    for (n, way) in (0..).zip(["all", "since", "address", "enable", "time"]) {
        story.called_later(Duration::from_secs(60)).await;
        receiver.answers([Answer::After(503, "86400")]);
        story.says(story.customer(2 * n), &line, "Hello").await;
        story.called().await;
        let until = server::http::api::time(story.clock.now().plus(DAY));
        assert_eq!(read(story, &crm).await["held_until"], until);
        let before = receiver.got().len();
        story.says(story.customer(2 * n + 1), &line, "Hello").await;
        does(story, &crm, "test", json!({})).await;
        story.called().await;
        let kinds: Vec<_> = receiver
            .got()
            .iter()
            .map(|got| got.json()["type"].clone())
            .collect();
        assert_eq!(kinds[before..], ["webhook.test"], "{way}");
        assert_eq!(
            read(story, &crm).await["held_until"],
            until,
            "a test does not end it"
        );

        send_at_once(story, &crm, way).await;
        let now = read(story, &crm).await;
        assert_eq!(
            (&now["waiting"], &now["held_until"]),
            (&json!(0), &Value::Null),
            "{way}"
        );
        assert_eq!(receiver.got().len(), before + 3, "{way}");
    }
}

async fn what_is_erased_during_a_replay_does_not_end_it(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let kind = json!({"types": ["message.received"]});
    let crm = story.hears("CRM", &receiver, kind).await;
    for customer in 1..=3 {
        story.says(story.customer(customer), &line, "Hello").await;
    }
    story.called().await;
    assert_eq!(receiver.got().len(), 3);
    let connection = story.database.look(story.data_dir(), "rw").await;
    let erasure = connection.begin().await.expect("a transaction");
    let delete = "DELETE FROM webhook_events WHERE id = (SELECT id FROM webhook_events ORDER BY id LIMIT 1)";
    erasure.execute_unprepared(delete).await.expect("an event");
    let since = json!({"since": server::http::api::time(START)});
    let ends = async {
        sleep(Duration::from_millis(500)).await;
        erasure.commit().await.expect("it is erased");
    };
    let (replayed, ()) = tokio::join!(does(story, &crm, "replay", since), ends);
    assert_eq!(
        (&replayed["replayed"], &replayed["done"]),
        (&json!(2), &json!(true))
    );
    story.called().await;
    assert_eq!(receiver.got().len(), 5);
}

async fn a_replay_that_a_kill_interrupted_goes_on(story: &Story) {
    let line = story.support().await;
    let receiver = Receiver::start().await;
    let kind = json!({"types": ["message.received"]});
    let crm = story.hears("CRM", &receiver, kind).await;
    let customer = story.customer(1);
    for text in ["Hello", "Is anybody there?", "Goodbye"] {
        story.says(customer, &line, text).await;
    }
    story.called().await;
    let known = receiver.ids();
    // It had sent the first of the three.
    let left = "UPDATE webhooks SET replay_asked_at = 0, replay_since = 0, replayed = 1, \
                replay_after = (SELECT id FROM webhook_events ORDER BY id LIMIT 1), \
                replay_to = (SELECT id FROM webhook_events ORDER BY id DESC LIMIT 1)";
    story.database.run(story.data_dir(), left).await;
    story.called().await;
    assert_eq!(receiver.ids()[3..], known[1..]);
    let now = read(story, &crm).await;
    assert_eq!((&now["waiting"], &now["replay"]), (&json!(0), &Value::Null));
}
