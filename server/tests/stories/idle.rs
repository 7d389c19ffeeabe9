//! Sessions in which nobody writes any more are closed.

use crate::{
    content::post_body,
    stories,
    support::{
        Story,
        world::{delivery, id_of, text_message},
    },
};
use domain::{
    access::Actor,
    session::{SessionEvent, SessionEventKind},
};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_day_without_a_message_closes_a_session_once
    every_message_keeps_a_session_open
    what_arrives_late_or_waits_to_be_sent_keeps_a_session_open
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn close_idle(story: &Story) {
    let both = futures::join!(story.engine.close_idle(), story.engine.close_idle());
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    story.settled().await;
}

async fn state(story: &Story, session: &Value) -> Value {
    let path = format!("/api/v1/sessions/{}", id_of(session));
    story.api.get(&path).await.ok()["state"].clone()
}

async fn a_day_without_a_message_closes_a_session_once(story: &Story) {
    let line = story.support().await;
    let (jana, petr) = (story.customer(1), story.customer(2));
    story.says(jana, &line, "Hello").await;
    let waiting = story.session().await;
    story.later(DAY - MINUTE).await;
    close_idle(story).await;
    assert_eq!(state(story, &waiting).await, "waiting");
    story.says(petr, &line, "Hello").await;

    story.later(MINUTE).await;
    close_idle(story).await;
    close_idle(story).await;
    assert_eq!(state(story, &waiting).await, "closed");
    assert_eq!(
        story.count("sessions WHERE state = 'waiting'").await,
        1,
        "the other one is a minute old"
    );
    let id = id_of(&waiting).parse().expect("an id");
    let thread = engine::sessions::thread::read(&story.engine, &Actor::System, id, None).await;
    let thread = thread.expect("a thread");
    let is_end = |event: &&SessionEvent| event.what == SessionEventKind::ClosedIdle;
    let ends: Vec<_> = thread.timeline.iter().filter(is_end).collect();
    assert_eq!((ends.len(), ends[0].who.as_deref()), (1, Some("24")));
    assert_eq!((thread.session.unread, thread.session.waiting_since), (0, None));

    story.says(jana, &line, "Still there?").await;
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(
        (sessions.len(), &sessions[0]["state"]),
        (3, &Value::from("waiting"))
    );
}

async fn every_message_keeps_a_session_open(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.later(DAY - MINUTE).await;
    story.answers(&session, "We are looking into it").await;
    story.settled().await;
    story.later(DAY - MINUTE).await;
    close_idle(story).await;
    assert_eq!(
        state(story, &session).await,
        "assigned",
        "long after the service window"
    );
    story.says(story.customer(1), &line, "And?").await;
    story.later(DAY - MINUTE).await;
    close_idle(story).await;
    assert_eq!(state(story, &session).await, "assigned");
    story.later(MINUTE).await;
    close_idle(story).await;
    assert_eq!(state(story, &session).await, "closed");
}

async fn what_arrives_late_or_waits_to_be_sent_keeps_a_session_open(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.later(DAY - MINUTE).await;
    // Meta delivers late what was written a day ago.
    let then = story.clock.now().millis() / 1000 - 60 * 60 * 24 + 120;
    let mut late = text_message("420800555201", "wamid.late", "I wrote at once");
    late["timestamp"] = json!(then.to_string());
    let body = delivery(&line.phone_number_id, "420800555201", &[late]);
    post_body(story, &line, body).await;
    story.later(3 * MINUTE).await;
    close_idle(story).await;
    assert_eq!(state(story, &session).await, "assigned");

    // An answer waits for its channel.
    let (system, channel) = (Actor::System, line.channel.parse().expect("an id"));
    story.says(story.customer(1), &line, "And?").await;
    engine::channels::pause(&story.engine, &system, channel)
        .await
        .expect("paused");
    story.answers(&session, "Tomorrow").await;
    story.later(2 * DAY).await;
    close_idle(story).await;
    assert_eq!(state(story, &session).await, "assigned");
    engine::channels::resume(&story.engine, &system, channel)
        .await
        .expect("resumed");
    story.settled().await;
    close_idle(story).await;
    assert_eq!(state(story, &session).await, "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_switched_off() {
    let story = Story::with(|settings| settings.sessions.close_idle_hours = None).await;
    let line = story.support().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = story.session().await;
    story.later(365 * DAY).await;
    close_idle(&story).await;
    assert_eq!(state(&story, &session).await, "waiting");
    story.end().await;
}
