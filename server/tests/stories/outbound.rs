//! What happens to an answer when Meta is not at its best.

use crate::{
    stories,
    support::{Story, world::id_of},
};
use serde_json::{Value, json};
use simulator::{SendFault, TokenState};
use std::time::Duration;

stories! {
    a_server_error_is_tried_again
    a_rate_limit_is_tried_again
    a_lost_answer_does_not_send_twice
    a_permanent_error_fails_with_its_reason
    a_refused_token_fails_and_shows_on_the_channel
    outside_the_window_the_reason_is_kept
    a_status_may_come_before_the_answer_to_the_send
    the_same_key_sends_once
}

/// Long enough for any single wait between two attempts.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

async fn last(story: &Story, session: &Value) -> Value {
    story.messages(session).await.pop().expect("a message")
}

async fn is_sent_after(story: &Story, faults: &[SendFault]) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    faults.iter().for_each(|fault| story.meta.fault(fault.clone()));
    story.answers(&session, "Hello").await;
    story.settled().await;
    assert_eq!(
        last(story, &session).await["status"],
        "queued",
        "it is not given up"
    );
    for _ in faults {
        story.later(PATIENCE).await;
    }
    assert_eq!(last(story, &session).await["status"], "delivered");
    assert_eq!(story.meta.sent_messages().len(), 1);
}

async fn a_server_error_is_tried_again(story: &Story) {
    let fault = SendFault::Status5xx {
        code: 502,
        body: "<html>Bad gateway</html>".into(),
    };
    is_sent_after(story, &[fault.clone(), fault, SendFault::DropConnection]).await;
}

async fn a_rate_limit_is_tried_again(story: &Story) {
    is_sent_after(
        story,
        &[
            SendFault::RateCode,
            SendFault::ErrorCode {
                code: 131_056,
                http: 400,
            },
        ],
    )
    .await;
}

/// Meta has no idempotency key: after a lost answer a status tells that the message was accepted.
async fn a_lost_answer_does_not_send_twice(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::AcceptThenDrop);
    story.answers(&session, "Hello").await;
    story.settled().await;
    for _ in 0..3 {
        story.later(PATIENCE).await;
    }
    assert_eq!(story.meta.sent_messages().len(), 1, "sent once");
    let message = last(story, &session).await;
    assert_eq!(message["status"], "delivered", "{message:#}");
    assert_eq!(message["wamid"], story.meta.sent_messages()[0].wamid);
}

async fn a_permanent_error_fails_with_its_reason(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    story.answers(&session, "Hello").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "failed");
    assert_eq!(message["error"]["code"], 131_026);
    assert!(!message["error"]["title"].as_str().unwrap_or_default().is_empty());
    story.later(PATIENCE).await;
    assert!(story.meta.sent_messages().is_empty(), "it is not tried again");
}

async fn a_refused_token_fails_and_shows_on_the_channel(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.set_token(&line.app.token, TokenState::Expired);
    story.answers(&session, "Hello").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "failed");
    assert_eq!(message["error"]["code"], 190);
    let channel = story
        .api
        .get(&format!("/api/v1/channels/{}", line.channel))
        .await
        .ok();
    assert_eq!(channel["status"], "token_refused");
}

async fn outside_the_window_the_reason_is_kept(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.later(Duration::from_secs(25 * 60 * 60)).await;
    story.answers(&session, "Sorry for the wait").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "failed");
    assert_eq!(message["error"]["code"], 131_047);
}

async fn a_status_may_come_before_the_answer_to_the_send(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.meta.fault(SendFault::Hang { seconds: Some(1) });
    story.answers(&session, "Hello").await;
    story.settled().await;
    let message = last(story, &session).await;
    assert_eq!(message["status"], "delivered");
    assert_eq!(message["wamid"], story.meta.sent_messages()[0].wamid);
}

async fn the_same_key_sends_once(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let send = |text: &'static str| {
        let body = json!({"type": "text", "text": {"body": text}});
        let request = story
            .api
            .request(reqwest::Method::POST, &path)
            .header("idempotency-key", "k-1")
            .json(&body);
        story.api.send(request)
    };
    let (first, second) = futures::join!(send("Once"), send("Once"));
    assert_eq!(id_of(&first.ok()), id_of(&second.ok()));
    assert_eq!(id_of(&send("Once").await.ok()), id_of(&first.ok()));
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
}
