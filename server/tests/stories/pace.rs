//! How fast answers go out, and which of them first.

use crate::{
    stories,
    support::{
        Story,
        users::{Browser, PASSWORD},
        world::{Line, id_of},
    },
};
use domain::access::Actor;
use futures::future::join_all;
use serde_json::{Value, json};
use simulator::{PaceSetting, Setting};
use std::time::Duration;

stories! {
    an_operators_answer_goes_before_what_scripts_have_written
    a_message_that_waits_for_its_turn_says_how_long
}

/// Customers with a session each that extension 201 has picked up.
async fn sessions(story: &Story, line: &Line, many: u32) -> Vec<Value> {
    for n in 0..many {
        let said = story
            .meta
            .customer_says(story.customer(n), &line.phone_number_id, "Hello");
        said.expect("a customer");
    }
    story.settled().await;
    let sessions = story.api.items("/api/v1/sessions?limit=200").await;
    let picked = sessions.iter().map(|session| async {
        let path = format!("/api/v1/sessions/{}/pick-up", id_of(session));
        story.api.post(&path, json!({"extension": "201"})).await.ok()
    });
    join_all(picked).await
}

async fn an_operators_answer_goes_before_what_scripts_have_written(story: &Story) {
    let line = story.support().await;
    // Calls that leave evenly may arrive in clusters on a busy machine.
    let unlimited = PaceSetting {
        limited: Some(false),
        ..PaceSetting::default()
    };
    story.meta.set(Setting::Pace(unlimited)).expect("a setting");
    let sessions = sessions(story, &line, 40).await;
    let mut jana = Browser::new(story);
    jana.log_in("somebody.201", PASSWORD).await;
    story
        .meta
        .customer_says(story.customer(99), &line.phone_number_id, "Hello")
        .expect("a customer");
    story.settled().await;
    let waiting = story.api.items("/api/v1/sessions?limit=200").await;
    let waiting = waiting
        .iter()
        .find(|session| session["state"] == "waiting")
        .expect("a session");
    let path = format!("/api/v1/sessions/{}/pick-up", id_of(waiting));
    story.api.post(&path, json!({"extension": "201"})).await.ok();

    let (system, channel) = (Actor::System, line.channel.parse().expect("an id"));
    engine::channels::pause(&story.engine, &system, channel)
        .await
        .expect("paused");
    // A script writes to the operator's customer, too: that goes first, because the answer stands behind it.
    story.answers(waiting, "News").await;
    for _ in 0..5 {
        join_all(sessions.iter().map(|session| story.answers(session, "News"))).await;
    }
    let id = id_of(waiting);
    let answer = [("session", id.as_str()), ("body", "At once")];
    assert_eq!(jana.call("inbox/send", &answer).await.status, 200);
    engine::channels::resume(&story.engine, &system, channel)
        .await
        .expect("resumed");
    while story.meta.sent_messages().len() < 202 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent = story.meta.sent_messages();
    let place = sent
        .iter()
        .position(|sent| sent.body["text"]["body"] == "At once");
    // Behind those that were claimed with what stands before it in its session (24), and those that went until that was
    // written down: on a busy machine some dozens.
    assert!(place.is_some_and(|place| place < 60), "{place:?} of 202");
    let took = sent[200].accepted - sent[0].accepted;
    println!("200 messages in {took:?}");
    assert!(
        took > Duration::from_secs(2),
        "no number sends more than 80 a second: {took:?}"
    );
}

/// One customer gets 45 messages at once, and then one in six seconds.
async fn a_message_that_waits_for_its_turn_says_how_long(story: &Story) {
    let line = story.support().await;
    let [session] = &sessions(story, &line, 1).await[..] else {
        panic!("one session");
    };
    for _ in 0..48 {
        story.answers(session, "News").await;
    }
    while story.meta.sent_messages().len() < 45 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let messages = story.messages(session).await;
    let queued: Vec<_> = messages
        .iter()
        .filter(|message| message["status"] == "queued")
        .map(|message| message["waits"]["turn"]["seconds"].as_u64())
        .collect();
    // The first one may be gone, or nearly.
    let last = queued.last().copied().flatten();
    assert!(
        last.is_some_and(|seconds| (6..=18).contains(&seconds)),
        "{queued:?}"
    );
    // Those that go within two seconds do not tell.
    let told: Vec<_> = queued.iter().flatten().collect();
    assert!(told.len() >= 2 && told.is_sorted(), "{queued:?}");
}
