//! The badge follows Meta's answers without anybody's help, and does not change when Meta is silent.

use super::{CallbackOf, OTHER, Story, bad, causes::changes, of};
use crate::{
    stories,
    support::world::{Line, id_of},
};
use domain::access::Actor;
use serde_json::Value;
use simulator::{Outage, SendFault, TokenState};
use std::time::{Duration, Instant};

stories! {
    a_revoked_token_turns_it_red_at_the_next_send_and_a_good_one_green_again
    a_token_that_is_revoked_meanwhile_is_found_without_a_send
    trouble_at_meta_does_not_turn_it
    what_cuts_it_off_turns_it_red_until_it_is_mended
    silence_does_not_heal
    silence_does_not_heal_a_token
    a_paused_channel_is_left_alone
}

/// Longer than the interval between two examinations.
const ROUND: Duration = Duration::from_secs(7 * 60);
/// The same while Meta cannot be reached.
const LONG_ROUND: Duration = Duration::from_secs(37 * 60);

async fn channel(story: &Story, line: &Line) -> Value {
    story
        .api
        .get(&format!("/api/v1/channels/{}", line.channel))
        .await
        .ok()
}

async fn badge(story: &Story, line: &Line) -> String {
    channel(story, line).await["status"]
        .as_str()
        .expect("a badge")
        .to_owned()
}

async fn a_revoked_token_turns_it_red_at_the_next_send_and_a_good_one_green_again(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.settled().await;
    assert_eq!(badge(story, &line).await, "active");

    story.meta.set_token(&line.app.token, TokenState::Revoked);
    let revoked = Instant::now();
    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let text = serde_json::json!({"type": "text", "text": {"body": "Hello"}});
    story.api.post(&path, text).await.ok();
    while badge(story, &line).await != "token_refused" {
        assert!(revoked.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("red {:?} after a send with a revoked token", revoked.elapsed());
    story.settled().await;
    assert_eq!(badge(story, &line).await, "token_refused");

    story.meta.set_token(&line.app.token, TokenState::Valid);
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "active");
    let changes = changes(story, &line).await;
    let last_two = changes.iter().rev().take(2).rev().collect::<Vec<_>>();
    assert!(last_two[0].starts_with("active → token_refused: "), "{changes:?}");
    // The reason comes from the send, or from the doctor if it looked first.
    let told = ["190", "the token has been revoked"]
        .iter()
        .any(|words| last_two[0].contains(words));
    assert!(told, "Meta's own words: {changes:?}");
    assert_eq!(last_two[1], "token_refused → active: token_accepted");
}

async fn a_token_that_is_revoked_meanwhile_is_found_without_a_send(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.meta.set_token(&line.app.token, TokenState::Revoked);
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "token_refused");
}

async fn trouble_at_meta_does_not_turn_it(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.settled().await;
    // Meta saves a callback only after its handshake, so an earlier look finds none. From here on all is well.
    assert!(bad(&story.examine(&line).await).is_empty());
    let before = changes(story, &line).await;
    for outage in [
        Outage::Status5xx { code: 503 },
        Outage::DropConnection,
        Outage::ErrorCode {
            code: 80_007,
            http: 400,
        },
    ] {
        story.outage(Some(outage.clone()));
        story.later(LONG_ROUND).await;
        assert_eq!(badge(story, &line).await, "active", "{outage:?}");
        let found = story.examine(&line).await;
        assert!(bad(&found).is_empty(), "{outage:?}: {:?}", bad(&found));
        assert_eq!(
            of(&found, "token")["seen"]["seen"],
            "meta_unreachable",
            "the doctor sees it all the same"
        );
    }
    story.outage(None);
    story.meta.fault(SendFault::Status5xx {
        code: 500,
        body: String::new(),
    });
    story.meta.fault(SendFault::DropConnection);
    story.answers(&session, "Hello").await;
    story.later(LONG_ROUND).await;
    story.later(LONG_ROUND).await;
    assert_eq!(badge(story, &line).await, "active");
    assert_eq!(changes(story, &line).await, before);
}

async fn what_cuts_it_off_turns_it_red_until_it_is_mended(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.set_callback(CallbackOf::Number, &line.phone_number_id, Some(OTHER));
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "not_receiving");
    story.set_callback(CallbackOf::Number, &line.phone_number_id, None);
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "active");
    let changes = changes(story, &line).await;
    assert!(
        changes.ends_with(&[
            "active → not_receiving: callback".to_owned(),
            "not_receiving → active: mended callback".to_owned()
        ]),
        "{changes:?}"
    );
}

async fn silence_does_not_heal(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.set_callback(CallbackOf::Number, &line.phone_number_id, Some(OTHER));
    story.later(ROUND).await;
    story.outage(Some(Outage::Status5xx { code: 502 }));
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "not_receiving");
    assert_eq!(
        bad(&story.examine(&line).await),
        [("callback", "callback_elsewhere")],
        "what Meta said last stands"
    );
    story.outage(None);
    story.set_callback(CallbackOf::Number, &line.phone_number_id, None);
    story.later(LONG_ROUND).await;
    assert_eq!(badge(story, &line).await, "active");
}

async fn silence_does_not_heal_a_token(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.meta.set_token(&line.app.token, TokenState::Revoked);
    story.later(ROUND).await;
    story.outage(Some(Outage::Status5xx { code: 502 }));
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "token_refused");
    assert_eq!(
        bad(&story.examine(&line).await),
        [("token", "token_revoked")],
        "what Meta said last stands"
    );
    story.outage(None);
    story.meta.set_token(&line.app.token, TokenState::Valid);
    story.later(LONG_ROUND).await;
    assert_eq!(badge(story, &line).await, "active");
}

async fn a_paused_channel_is_left_alone(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    engine::channels::pause(&story.engine, &Actor::System, line.id())
        .await
        .expect("paused");
    story.meta.set_token(&line.app.token, TokenState::Revoked);
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "paused");
    engine::channels::resume(&story.engine, &Actor::System, line.id())
        .await
        .expect("resumed");
    story.later(ROUND).await;
    assert_eq!(badge(story, &line).await, "token_refused");
}
