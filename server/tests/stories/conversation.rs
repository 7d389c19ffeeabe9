//! The main flow: a customer writes, an operator answers, and the ticks come back.

use crate::{
    stories,
    support::{Story, world::id_of},
};
use serde_json::json;

stories! {
    from_the_first_message_to_the_read_tick
    a_channel_turns_active_when_meta_has_called
    an_extension_gets_its_sessions_at_once
    a_closed_session_is_followed_by_a_new_one
}

async fn from_the_first_message_to_the_read_tick(story: &Story) {
    let line = story.support().await;
    let karel = story.customer(1);
    story.says(karel, &line, "Where is my parcel?").await;

    let session = story.session().await;
    assert_eq!(session["state"], "waiting");
    assert_eq!(session["queue"]["name"], "Support");
    assert_eq!(session["contact"]["label"], "Customer 1");
    assert_eq!(session["extension"], json!(null));
    assert_eq!(session["unread"], 1);
    assert_eq!(session["opened_at"], "2026-11-22T10:00:00Z");

    let path = format!("/api/v1/sessions/{}", id_of(&session));
    let picked = story
        .api
        .post(&format!("{path}/pick-up"), json!({"extension": "201"}))
        .await
        .ok();
    assert_eq!(picked["state"], "assigned");
    assert_eq!(picked["extension"]["number"], "201");

    let sent = story.answers(&session, "On its way.").await;
    assert_eq!(sent["direction"], "outbound");
    assert_eq!(sent["status"], "queued");
    story.settled().await;

    let at_meta = story.meta.sent_messages();
    assert_eq!(at_meta.len(), 1, "{at_meta:?}");
    assert_eq!(at_meta[0].body["text"]["body"], "On its way.");
    assert_eq!(at_meta[0].phone_number_id, line.phone_number_id);
    assert_eq!(at_meta[0].token, line.app.token);
    let answer = || async { story.messages(&session).await.pop().expect("a message") };
    assert_eq!(answer().await["status"], "delivered");

    story.meta.customer_reads(karel).expect("a customer");
    story.settled().await;
    let answer = answer().await;
    assert_eq!(answer["status"], "read");
    assert_eq!(answer["wamid"], at_meta[0].wamid);
    assert_eq!(answer["text"]["body"], "On its way.");

    let closed = story.api.post(&format!("{path}/close"), json!({})).await.ok();
    assert_eq!(closed["state"], "closed");
}

async fn a_channel_turns_active_when_meta_has_called(story: &Story) {
    let extension = story.extension("201").await;
    let line = story.channel(&story.app(1), 1, "extension", &extension).await;
    let path = format!("/api/v1/channels/{}", line.channel);
    assert_eq!(story.api.get(&path).await.ok()["status"], "waiting_for_meta");
    story.connect(&line).await;
    let channel = story.api.get(&path).await;
    assert_eq!(channel.ok()["status"], "active");
    assert!(!channel.text.contains(&line.app.secret) && !channel.text.contains(&line.app.token));
}

async fn an_extension_gets_its_sessions_at_once(story: &Story) {
    let extension = story.extension("201").await;
    let line = story.channel(&story.app(1), 1, "extension", &extension).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = story.session().await;
    assert_eq!(session["state"], "assigned");
    assert_eq!(session["extension"]["id"], extension);
}

async fn a_closed_session_is_followed_by_a_new_one(story: &Story) {
    let line = story.support().await;
    let karel = story.customer(1);
    story.says(karel, &line, "First").await;
    let first = id_of(&story.session().await);
    story
        .api
        .post(&format!("/api/v1/sessions/{first}/close"), json!({}))
        .await
        .ok();
    story.says(karel, &line, "Second").await;

    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 2);
    assert_ne!(id_of(&sessions[0]), first, "the newest comes first");
    assert_eq!(sessions[0]["state"], "waiting");
    let refused = story
        .api
        .post(&format!("/api/v1/sessions/{first}/messages"), text("Too late"))
        .await;
    assert_eq!(refused.problem(409)["type"], "urn:switchboard:session_closed");
}

fn text(body: &str) -> serde_json::Value {
    json!({"type": "text", "text": {"body": body}})
}
