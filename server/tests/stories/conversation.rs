//! The main flow: a customer writes, an operator answers, and the ticks come back.

use crate::{
    stories,
    support::{Story, world::id_of},
};
use domain::session::MAX_REASON;
use reqwest::Method;
use serde_json::json;

stories! {
    from_the_first_message_to_the_read_tick
    a_channel_turns_active_when_meta_has_called
    an_extension_gets_its_sessions_at_once
    a_closed_session_is_followed_by_a_new_one
    whoever_closes_may_say_why
}

async fn whoever_closes_may_say_why(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let path = format!("/api/v1/sessions/{session}");
    jana.call("inbox/pick-up", &[("session", &session)]).await.ok();
    let long = "x".repeat(MAX_REASON + 1);
    for reason in [&long, "two\nlines"] {
        let arguments = [("session", session.as_str()), ("reason", reason)];
        assert_eq!(jana.call("inbox/close", &arguments).await.status, 422);
        let body = json!({"reason": reason});
        story.api.post(&format!("{path}/close"), body).await.problem(422);
    }
    let unknown = json!({"why": "Solved"});
    story
        .api
        .post(&format!("{path}/close"), unknown)
        .await
        .problem(422);
    let arguments = [("session", session.as_str()), ("reason", " Solved ")];
    jana.call("inbox/close", &arguments).await.ok();
    let last = async || {
        let timeline = story.api.get(&format!("{path}/timeline")).await.ok();
        timeline
            .as_array()
            .and_then(|all| all.last().cloned())
            .expect("a line")
    };
    let closed = last().await;
    assert_eq!(
        (&closed["what"], &closed["reason"]),
        (&json!("closed"), &json!("Solved"))
    );
    let page = jana.get(&format!("/inbox/{session}?tab=all")).await.text;
    assert!(page.contains("Solved"), "{page}");

    // Without a body, as ever.
    story.says(story.customer(2), &line, "Hello").await;
    let all = story.api.items("/api/v1/sessions").await;
    let other = all.iter().map(id_of).find(|id| *id != session).expect("another");
    let close = story
        .api
        .request(Method::POST, &format!("/api/v1/sessions/{other}/close"));
    assert_eq!(story.api.send(close).await.ok()["state"], "closed");
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
