//! What an admin does to a channel that works: pausing, deleting, resetting secrets, taking the destination away.

use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, text_message},
    },
};
use domain::{
    channel::{AuthenticationForm, Badge, ChannelView, Deed},
    doctor::Check,
    ids::ChannelId,
    people::Actor,
    refusal::Refusal,
};
use engine::{Error, channels};
use serde_json::json;
use std::time::Duration;

stories! {
    a_paused_channel_keeps_what_comes_and_sends_when_resumed
    a_deleted_channel_is_gone_and_its_sessions_stay
    two_app_secrets_are_valid_while_one_is_reset
    wrong_signatures_in_a_row_degrade_and_a_good_one_mends
    a_disabled_destination_sends_new_sessions_to_the_fallback
    a_second_save_of_the_same_version_is_told
    what_was_done_stands_in_the_activity_without_secrets
}

fn id(line: &Line) -> ChannelId {
    line.channel.parse().expect("an id")
}

async fn view(story: &Story, line: &Line) -> ChannelView {
    channels::get(&story.engine, &Actor::System, id(line))
        .await
        .expect("the channel")
}

async fn a_paused_channel_keeps_what_comes_and_sends_when_resumed(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    channels::pause(&story.engine, &Actor::System, id(&line))
        .await
        .expect("paused");
    assert_eq!(view(story, &line).await.badge, Badge::Paused);

    story.says(story.customer(2), &line, "Anybody there?").await;
    assert_eq!(story.count("sessions").await, 2, "what comes in is kept");
    story.answers(&session, "Soon").await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(story.meta.sent_messages().is_empty(), "nothing is sent");

    channels::resume(&story.engine, &Actor::System, id(&line))
        .await
        .expect("resumed");
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    assert_eq!(view(story, &line).await.badge, Badge::Active);
}

async fn a_deleted_channel_is_gone_and_its_sessions_stay(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    let refused = channels::delete(&story.engine, &Actor::System, id(&line), "Another").await;
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::NameDiffers))),
        "{refused:?}"
    );

    channels::pause(&story.engine, &Actor::System, id(&line))
        .await
        .expect("paused");
    story.answers(&session, "Too late").await;
    channels::delete(&story.engine, &Actor::System, id(&line), "Channel 1")
        .await
        .expect("deleted");

    assert!(story.api.items("/api/v1/channels").await.is_empty());
    let session = story.session().await;
    assert_eq!(session["state"], "closed");
    assert_eq!(session["channel"]["name"], "Channel 1", "history names it");
    let messages = story.messages(&session).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(
        messages[1]["status"], "failed",
        "what waited says why it was not sent"
    );
    assert_eq!(story.count("channel_secrets").await, 0);
    let body = delivery(
        &line.phone_number_id,
        "420800555209",
        &[text_message("420800555209", "wamid.X", "Hi")],
    );
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 404);
    // The number is free for another channel.
    let queue = story.queue("Other", &[]).await;
    story.channel(&line.app, 1, "queue", &queue).await;
}

async fn two_app_secrets_are_valid_while_one_is_reset(story: &Story) {
    let line = story.support().await;
    let mut reset = line.app.clone();
    reset.secret = "the-new-secret".to_owned();
    let message = |n: u32| {
        let wamid = format!("wamid.{n}");
        delivery(
            &line.phone_number_id,
            "420800555209",
            &[text_message("420800555209", &wamid, "Hi")],
        )
    };
    let post = async |secret: &crate::support::world::App, n: u32| {
        let body = message(n);
        let signature = simulator::Signature::Given(secret.sign(&body));
        let answer = story
            .meta
            .deliver_raw(Some(&line.webhook_url), body, signature)
            .await;
        answer.expect("an answer").0
    };
    assert_eq!(post(&reset, 1).await, 401);
    let form = AuthenticationForm {
        name: "Channel 1".into(),
        next_app_secret: reset.secret.clone(),
        ..AuthenticationForm::default()
    };
    let version = view(story, &line).await.version;
    channels::save_authentication(&story.engine, &Actor::System, id(&line), version, &form)
        .await
        .expect("saved");
    assert_eq!(post(&line.app, 2).await, 200, "the old one is still valid");
    assert_eq!(post(&reset, 3).await, 200, "and so is the new one");
    story.settled().await;
    assert_eq!(story.count("messages").await, 2);
    assert!(
        story.dead_letters().await.is_empty(),
        "either may speak for the number"
    );

    channels::drop_old_app_secret(&story.engine, &Actor::System, id(&line))
        .await
        .expect("dropped");
    assert_eq!(post(&line.app, 4).await, 401);
    assert_eq!(post(&reset, 5).await, 200);
}

async fn wrong_signatures_in_a_row_degrade_and_a_good_one_mends(story: &Story) {
    let line = story.support().await;
    for _ in 0..3 {
        let wrong = simulator::Signature::Given(format!("sha256={}", "0".repeat(64)));
        let answer = story.meta.deliver_raw(Some(&line.webhook_url), "{}", wrong).await;
        assert_eq!(answer.expect("an answer").0, 401);
    }
    let seen = view(story, &line).await;
    assert_eq!(
        (seen.badge, seen.degraded_by),
        (Badge::Degraded, vec![Check::Signature])
    );
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(view(story, &line).await.badge, Badge::Active);
}

async fn a_disabled_destination_sends_new_sessions_to_the_fallback(story: &Story) {
    let extension = story.extension("205").await;
    let queue = story.queue("Rescue", &[]).await;
    let line = story.channel(&story.app(1), 1, "extension", &extension).await;
    story.connect(&line).await;
    let disabled = engine::extensions::set_disabled(
        &story.engine,
        &Actor::System,
        extension.parse().expect("an id"),
        true,
    );
    disabled.await.expect("disabled");
    let seen = view(story, &line).await;
    assert_eq!(
        (seen.badge, seen.degraded_by),
        (Badge::Degraded, vec![Check::Destination])
    );

    let form = domain::channel::MessagingForm {
        phone_number: seen.phone_number.expect("a number"),
        phone_number_id: line.phone_number_id.clone(),
        waba_id: String::new(),
        destination: format!("extension:{extension}"),
        fallback: format!("queue:{queue}"),
    };
    channels::save_messaging(&story.engine, &Actor::System, id(&line), seen.version, &form)
        .await
        .expect("saved");
    assert_eq!(view(story, &line).await.badge, Badge::Active);
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.session().await["queue"]["id"], json!(queue));
}

async fn a_second_save_of_the_same_version_is_told(story: &Story) {
    let line = story.support().await;
    let version = view(story, &line).await.version;
    let save = async |name: &str| {
        let form = AuthenticationForm {
            name: name.into(),
            ..AuthenticationForm::default()
        };
        channels::save_authentication(&story.engine, &Actor::System, id(&line), version, &form).await
    };
    save("Mine").await.expect("the first save");
    let second = save("Yours").await;
    assert!(
        matches!(second, Err(Error::Refused(Refusal::ChangedMeanwhile))),
        "{second:?}"
    );
    assert_eq!(view(story, &line).await.name, "Mine");
}

async fn what_was_done_stands_in_the_activity_without_secrets(story: &Story) {
    let line = story.support().await;
    channels::rotate_verify_token(&story.engine, &Actor::System, id(&line))
        .await
        .expect("rotated");
    assert_ne!(view(story, &line).await.verify_token, line.verify_token);
    channels::pause(&story.engine, &Actor::System, id(&line))
        .await
        .expect("paused");
    story.says(story.customer(1), &line, "Hello").await;

    let shown = channels::activity(&story.engine, &Actor::System, id(&line))
        .await
        .expect("activity");
    let deeds: Vec<_> = shown.activity.iter().map(|line| line.what).collect();
    for deed in [
        Deed::Paused,
        Deed::RotatedVerifyToken,
        Deed::SavedAuthentication,
        Deed::Added,
    ] {
        assert!(deeds.contains(&deed), "{deed:?} in {deeds:?}");
    }
    assert_eq!(shown.deliveries.len(), 1);
    let text = format!("{shown:?}");
    for secret in [&line.app.secret, &line.app.token, &line.verify_token] {
        assert!(!text.contains(secret.as_str()), "a secret is shown");
    }
}
