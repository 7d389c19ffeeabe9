//! What an admin does to a working channel: pausing, deleting, resetting secrets, removing the destination.

use crate::{
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, delivery, text_message},
    },
};
use domain::{
    access::{Actor, Scope},
    channel::{
        AuditAction, AuditDetail, AuthenticationForm, Badge, Changed, ChannelView, MessagingForm, NewValue,
        Sending, SendingForm,
    },
    doctor::Check,
    ids::ChannelId,
    refusal::Refusal,
};
use engine::{Error, channels};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

stories! {
    a_paused_channel_keeps_what_comes_and_sends_when_resumed
    a_deleted_channel_is_gone_and_its_sessions_stay
    two_app_secrets_are_valid_while_one_is_reset
    wrong_signatures_in_a_row_degrade_and_a_good_one_mends
    a_disabled_destination_sends_new_sessions_to_the_fallback
    a_second_save_of_the_same_version_is_told
    how_a_channel_sends_is_kept
    what_was_done_stands_in_the_activity_without_secrets
    a_set_up_that_is_left_stores_no_channel
    what_is_pasted_is_understood
    a_number_of_another_channel_names_it
    the_messages_of_a_day_are_counted
    only_who_may_change_a_channel_reads_what_meta_is_told
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
    // A wrong name waits for nobody.
    let others = story.database.look(story.data_dir(), "rw").await;
    let others = others.begin().await.expect("a transaction");
    let held = others.execute_unprepared("UPDATE channels SET version = version");
    held.await.expect("locked");
    let (engine, actor) = (&story.engine, Actor::System);
    let deleted = channels::delete(engine, &actor, id(&line), None, "Another");
    let refused = timeout(Duration::from_secs(5), deleted).await.expect("at once");
    others.rollback().await.expect("unlocked");
    assert!(
        matches!(refused, Err(Error::Refused(Refusal::NameDiffers))),
        "{refused:?}"
    );

    channels::pause(&story.engine, &Actor::System, id(&line))
        .await
        .expect("paused");
    story.answers(&session, "Too late").await;
    channels::delete(&story.engine, &Actor::System, id(&line), None, "Channel 1")
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
    let queue = story.staffed("Rescue").await;
    let line = story.channel(&story.app(1), 1, "extension", &extension).await;
    story.connect(&line).await;
    let disabled = engine::directory::extensions::set_disabled(
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

    let form = MessagingForm {
        phone_number: seen.phone_number.expect("a number"),
        phone_number_id: line.phone_number_id.clone(),
        waba_id: String::new(),
        destination: format!("extension:{extension}"),
        fallback: format!("queue:{queue}"),
        ..MessagingForm::default()
    };
    channels::save_messaging(&story.engine, &Actor::System, id(&line), seen.version, &form)
        .await
        .expect("saved");
    assert_eq!(view(story, &line).await.badge, Badge::Active);
    story.says(story.customer(1), &line, "Hello").await;
    assert_eq!(story.session().await["queue"]["id"], json!(queue));
}

async fn how_a_channel_sends_is_kept(story: &Story) {
    let line = story.support().await;
    let before = view(story, &line).await;
    assert_eq!(before.sending, Sending::default());
    let slow = SendingForm {
        messages_per_second: "20".into(),
        ..SendingForm::default()
    };
    let save = async |version| {
        channels::save_sending(&story.engine, &Actor::System, id(&line), version, &slow).await
    };
    save(before.version).await.expect("saved");
    let again = save(before.version).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::ChangedMeanwhile))),
        "{again:?}"
    );
    assert_eq!(view(story, &line).await.sending.messages_per_second, 20);
    let activity = channels::activity(&story.engine, &Actor::System, id(&line))
        .await
        .expect("the activity");
    let changed = vec![Changed {
        field: "messages_per_second".into(),
        now: NewValue::Text("20".into()),
    }];
    assert!(
        activity.activity.iter().any(|entry| {
            entry.what == AuditAction::SavedSending
                && entry.detail
                    == Some(AuditDetail::Fields {
                        changed: changed.clone(),
                    })
        }),
        "{activity:?}"
    );
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
        AuditAction::Paused,
        AuditAction::RotatedVerifyToken,
        AuditAction::SavedAuthentication,
        AuditAction::Added,
    ] {
        assert!(deeds.contains(&deed), "{deed:?} in {deeds:?}");
    }
    assert_eq!(shown.deliveries.len(), 1);
    let text = format!("{shown:?}");
    for secret in [&line.app.secret, &line.app.token, &line.verify_token] {
        assert!(!text.contains(secret.as_str()), "a secret is shown");
    }
}

/// The address and the verify token exist at once; the first save creates the channel.
async fn a_set_up_that_is_left_stores_no_channel(story: &Story) {
    let admin = story.admin("alena").await;
    let other = story.admin("bara").await;
    let begin = async |browser: &Browser| {
        let answer = browser.call("channels/add", &[]).await;
        assert!(answer.status.is_success(), "{answer:?}");
        let to = answer
            .headers
            .get("location")
            .or(answer.headers.get("serverfnredirect"));
        let to = to.expect("the editor").to_str().expect("a path").to_owned();
        to.rsplit('/').next().expect("an id").to_owned()
    };
    let id = begin(&admin).await;
    for _ in 0..3 {
        assert_eq!(begin(&admin).await, id, "one address a person");
    }
    assert_ne!(begin(&other).await, id);
    assert_eq!(story.count("channels").await, 0);
    assert_eq!(story.count("channel_reservations").await, 2);
    assert!(story.api.items("/api/v1/channels").await.is_empty());

    let channel: ChannelId = id.parse().expect("an id");
    let view = async || {
        channels::get(&story.engine, &Actor::System, channel)
            .await
            .expect("a view")
    };
    let told = view().await;
    assert_eq!((told.version, told.badge), (0, Badge::Draft));
    for tab in ["", "/messaging", "/sending", "/health", "/activity"] {
        let page = admin.get(&format!("/channels/{id}{tab}")).await;
        assert!(page.status.is_success(), "{tab}: {}", page.status);
    }
    channels::rotate_verify_token(&story.engine, &Actor::System, channel)
        .await
        .expect("another token");
    let rotated = view().await;
    assert_ne!(rotated.verify_token, told.verify_token);

    // Before the first save Meta may verify the address, but deliver nothing.
    let app = story.app(1);
    let connected = story
        .meta
        .subscribe(&app.id, &rotated.webhook_url, &rotated.verify_token)
        .await;
    connected.expect("the handshake");
    let url = rotated.webhook_url.parse().expect("a URL");
    assert_eq!(story.post_signed(&url, &app, "{}").await, 401);
    assert_eq!(story.count("channels").await, 0);

    let form = AuthenticationForm {
        name: "Podpora".into(),
        app_secret: app.secret.clone(),
        ..AuthenticationForm::default()
    };
    channels::save_authentication(&story.engine, &Actor::System, channel, 0, &form)
        .await
        .expect("saved");
    let saved = view().await;
    assert_eq!(saved.name, "Podpora");
    assert_eq!(saved.webhook_url, rotated.webhook_url);
    assert_eq!(saved.verify_token, rotated.verify_token);
    assert!(saved.webhook_seen_at.is_some(), "Meta has called before");
    assert_eq!(story.count("channels").await, 1);
    assert_ne!(
        begin(&admin).await,
        id,
        "the next set-up has an address of its own"
    );
    let again = channels::save_authentication(&story.engine, &Actor::System, channel, 0, &form).await;
    assert!(
        matches!(again, Err(Error::Refused(Refusal::ChangedMeanwhile))),
        "{again:?}"
    );
}

async fn what_is_pasted_is_understood(story: &Story) {
    let queue = story.staffed("Support").await;
    let app = story.app(1);
    let create = async |n: u32, number: &str| {
        let body = json!({
            "name": "\u{202e}Podpora\u{202c}",
            "phone_number": number,
            "phone_number_id": format!("10653000{n}\n"),
            "waba_id": "\u{200e}200000000000001 ",
            "access_token": format!("{}\n", app.token),
            "app_secret": format!("\u{feff}{}\r\n", app.secret),
            "destination": {"type": "queue", "id": queue},
        });
        story.api.post("/api/v1/channels", body).await
    };
    let national = create(0, "777 123 456").await;
    assert_eq!(
        national.problem(422)["fields"][0]["problem"],
        "not_a_phone_number",
        "no country is known yet"
    );
    let first = create(1, "\u{202a}+420 601 000 009\u{202c}").await.ok();
    assert_eq!(first["phone_number"], "+420601000009");
    assert_eq!(first["phone_number_id"], "106530001");
    assert_eq!(first["waba_id"], "200000000000001");
    assert_eq!(first["name"], "Podpora");
    assert_eq!(
        create(2, "420777123456").await.ok()["phone_number"],
        "+420777123456"
    );
    assert_eq!(
        create(3, "777 123 457").await.ok()["phone_number"],
        "+420777123457",
        "the company's country"
    );
    assert_eq!(
        create(4, "+49 (0)171 1234567").await.ok()["phone_number"],
        "+491711234567"
    );
    // The token and the secret are stored without the characters that were pasted around them.
    let path = format!("/api/v1/channels/{}/health", first["id"].as_str().expect("an id"));
    let health = story.api.post(&path, json!({})).await.ok();
    let findings = health["findings"].as_array().expect("findings").clone();
    for check in ["token", "app_secret"] {
        let found = findings.iter().find(|finding| finding["check"] == check);
        assert_eq!(found.expect("a finding")["state"], "good", "{check}");
    }
}

async fn a_number_of_another_channel_names_it(story: &Story) {
    let queue = story.staffed("Support").await;
    let app = story.app(1);
    story.channel(&app, 1, "queue", &queue).await;
    let body = json!({
        "name": "Another",
        "phone_number": "+420800555012",
        "phone_number_id": "300000000000001",
        "access_token": app.token,
        "app_secret": app.secret,
        "destination": {"type": "queue", "id": queue},
    });
    let refused = story.api.post("/api/v1/channels", body).await;
    assert_eq!(
        refused.problem(422)["fields"],
        json!([{"field": "phone_number_id", "problem": "taken", "by": "Channel 1"}])
    );
}

async fn the_messages_of_a_day_are_counted(story: &Story) {
    let line = story.support().await;
    let quiet = story
        .channel(&line.app, 2, "queue", &story.staffed("Sales").await)
        .await;
    let session = story.picked_up(&line).await;
    story.answers(&session, "Good morning").await;
    story.settled().await;
    let body = delivery(
        &line.phone_number_id,
        "420800555209",
        &[text_message("420800555209", "wamid.X", "Hi")],
    );
    for _ in 0..3 {
        assert_eq!(
            story
                .post_signed(&line.webhook_url, &line.app, body.clone())
                .await,
            200
        );
    }
    story.settled().await;
    let days = async || {
        let rows = story.api.items("/api/v1/channels").await;
        let of = |line: &Line| {
            let row = rows
                .iter()
                .find(|row| row["id"] == line.channel.as_str())
                .expect("a row");
            (row["inbound_day"].clone(), row["outbound_day"].clone())
        };
        (of(&line), of(&quiet))
    };
    let none = (json!(0), json!(0));
    assert_eq!(
        days().await,
        ((json!(2), json!(1)), none.clone()),
        "what Meta repeats counts once"
    );
    story.later(Duration::from_secs(23 * 60 * 60)).await;
    assert_eq!(days().await.0, (json!(2), json!(1)));
    story.later(Duration::from_secs(60 * 60 + 5 * 60)).await;
    assert_eq!(days().await, (none.clone(), none));
    story.engine.forget().await.expect("forgotten");
    assert_eq!(story.count("channel_traffic").await, 0);
}

async fn only_who_may_change_a_channel_reads_what_meta_is_told(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    for (scope, sees) in [
        (Scope::Read, false),
        (Scope::Operate, false),
        (Scope::Administer, true),
    ] {
        let channel = story.api_with(scope).await.get(&path).await.ok();
        assert_eq!(channel["name"], "Channel 1");
        for secret in ["verify_token", "webhook_url"] {
            assert_eq!(channel.get(secret).is_some(), sees, "{scope:?}: {channel}");
        }
    }
}
