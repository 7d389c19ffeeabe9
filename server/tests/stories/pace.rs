//! How fast answers go out, and which of them first.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, id_of},
    },
};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_number_sends_no_more_than_80_in_any_second
    an_operators_answer_goes_before_what_scripts_have_written
}

/// Customers with a session each that extension 201 has picked up.
async fn sessions(story: &Story, line: &Line, many: u32) -> Vec<Value> {
    for n in 0..many {
        let said = story.meta.customer_says(story.customer(n), &line.phone_number_id, "Hello");
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

async fn a_number_sends_no_more_than_80_in_any_second(story: &Story) {
    let line = story.support().await;
    let sessions = sessions(story, &line, 40).await;
    for _ in 0..5 {
        join_all(sessions.iter().map(|session| story.answers(session, "Hello"))).await;
    }
    while story.meta.sent_messages().len() < 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent: Vec<_> = story.meta.sent_messages().iter().map(|sent| sent.accepted).collect();
    let second = Duration::from_secs(1);
    let most = (0..sent.len())
        .map(|n| sent[n..].iter().take_while(|other| **other < sent[n] + second).count())
        .max();
    println!("{most:?} in a second at the most, 200 in {:?}", sent[199] - sent[0]);
    assert!(most.is_some_and(|most| most <= 80), "{most:?}");
    story.settled().await;
    for session in &sessions {
        assert_eq!(story.messages(session).await.len(), 6);
    }
}

async fn an_operators_answer_goes_before_what_scripts_have_written(story: &Story) {
    let line = story.support().await;
    let sessions = sessions(story, &line, 40).await;
    let (_, jana) = story.operator("301", "jana").await;
    story.meta.customer_says(story.customer(99), &line.phone_number_id, "Hello").expect("a customer");
    story.settled().await;
    let waiting = story.api.items("/api/v1/sessions?limit=200").await;
    let waiting = waiting.iter().find(|session| session["state"] == "waiting").expect("a session");
    let path = format!("/api/v1/sessions/{}/pick-up", id_of(waiting));
    story.api.post(&path, json!({"extension": "301"})).await.ok();

    for _ in 0..5 {
        join_all(sessions.iter().map(|session| story.answers(session, "News"))).await;
    }
    let before = story.meta.sent_messages().len();
    assert!(before < 150, "there is a backlog");
    let answer = [("session", id_of(waiting)), ("body", "At once".to_owned())];
    let answer: Vec<_> = answer.iter().map(|(key, value)| (*key, value.as_str())).collect();
    assert_eq!(jana.call("inbox/send-text", &answer).await.status, 200);
    while story.meta.sent_messages().len() < 201 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let sent = story.meta.sent_messages();
    let place = sent.iter().position(|sent| sent.body["text"]["body"] == "At once");
    let place = place.expect("it was sent");
    println!("{before} were sent before, and the answer was the {}th", place + 1);
    assert!(place < before + 40, "{place} of 201, {before} before");
}
