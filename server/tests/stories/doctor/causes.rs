//! Every change of the badge is listed in the Activity tab with its reason and reaches the pages, whoever caused it.

use super::{CallbackOf, OTHER, Setting, Story, bad};
use crate::{
    stories,
    support::world::{Line, WABA_ID, delivery, text_message},
};
use domain::{
    access::Actor,
    channel::{AuditAction, AuditDetail, AuthenticationForm, BadgeChange, MessagingForm, Reason},
    doctor::SETTLING,
    event::Change,
    ids::QueueId,
};
use simulator::{Signature, TokenState};
use std::time::Duration;

stories! {
    a_channel_that_is_filled_in_and_connected
    the_first_delivery
    a_pause
    wrong_signatures_and_their_end
    a_destination_and_its_fallback
    another_token
    another_app_secret
    another_number
    a_handshake_of_another_channel
    pages_are_told_after_it_is_written_down
}

/// The changes of the badge, oldest first: `active → degraded: callback`.
pub(super) async fn changes(story: &Story, line: &Line) -> Vec<String> {
    let view = engine::channels::activity(&story.engine, &Actor::System, line.id()).await;
    let lines = view.expect("the activity").activity.into_iter().rev();
    let changes = lines
        .filter(|line| line.what == AuditAction::BadgeChanged)
        .map(|line| match line.detail {
            Some(AuditDetail::Badge(change)) => told(&change),
            other => panic!("{other:?}"),
        });
    changes.collect()
}

fn told(change: &BadgeChange) -> String {
    let name = |value: serde_json::Value| value.as_str().expect("a name").to_owned();
    let badge = |badge| name(serde_json::to_value(badge).expect("JSON"));
    let why: Vec<String> = change
        .why
        .iter()
        .map(|reason| match reason {
            Reason::Check { check } => check.as_str().to_owned(),
            Reason::Mended { check } => format!("mended {}", check.as_str()),
            Reason::Missing { field } => format!("no {field}"),
            Reason::TokenRefused { answer } => answer.clone().expect("Meta's words"),
            plain => name(serde_json::to_value(plain).expect("JSON")["reason"].clone()),
        })
        .collect();
    format!(
        "{} → {}: {}",
        badge(change.from),
        badge(change.to),
        why.join(", ")
    )
}

/// Waits until these are the newest changes.
async fn expect(story: &Story, line: &Line, newest: &[&str]) {
    let mut seen = Vec::new();
    for _ in 0..500 {
        story.settled().await;
        seen = changes(story, line).await;
        if seen.ends_with(
            &newest
                .iter()
                .map(|change| (*change).to_owned())
                .collect::<Vec<_>>(),
        ) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{seen:#?} does not end with {newest:#?}");
}

async fn a_channel_that_is_filled_in_and_connected(story: &Story) {
    let queue = story.staffed("Support").await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    let waits = "draft → waiting_for_meta: complete";
    expect(story, &line, &[waits]).await;
    story.connect(&line).await;
    expect(story, &line, &[waits, "waiting_for_meta → active: handshake"]).await;
    assert_eq!(changes(story, &line).await.len(), 2, "and nothing else");
}

/// The channel's address was never verified, but the app's deliveries arrive at it.
async fn the_first_delivery(story: &Story) {
    let queue = story.staffed("Support").await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    // Somebody entered the address at Meta while another channel answered the handshake.
    story.set_callback(CallbackOf::App, &line.app.id, Some(line.webhook_url.as_str()));
    story.set(Setting::SubscribedApps {
        waba_id: WABA_ID.into(),
        app_ids: vec![line.app.id.clone()],
    });
    story.settled().await;
    assert!(bad(&story.examine(&line).await).is_empty());
    expect(story, &line, &["draft → waiting_for_meta: complete"]).await;
    for n in 1..=2 {
        let message = text_message("420800555201", &format!("wamid.{n}"), "Hello");
        let body = delivery(&line.phone_number_id, "420800555201", &[message]);
        assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    }
    expect(
        story,
        &line,
        &[
            "draft → waiting_for_meta: complete",
            "waiting_for_meta → active: delivery",
        ],
    )
    .await;
    assert_eq!(
        changes(story, &line).await.len(),
        2,
        "the second one changes nothing"
    );
}

async fn a_pause(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    engine::channels::pause(&story.engine, &Actor::System, line.id())
        .await
        .expect("paused");
    expect(story, &line, &["active → paused: paused"]).await;
    engine::channels::resume(&story.engine, &Actor::System, line.id())
        .await
        .expect("resumed");
    expect(
        story,
        &line,
        &["active → paused: paused", "paused → active: resumed"],
    )
    .await;
}

async fn forge(story: &Story, line: &Line) {
    let stranger = Signature::Of(story.app(2).id);
    for _ in 0..3 {
        let posted = story
            .meta
            .deliver_raw(Some(&line.webhook_url), "{}", stranger.clone())
            .await;
        assert_eq!(posted.expect("an answer").0, 401);
    }
}

async fn wrong_signatures_and_their_end(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    forge(story, &line).await;
    expect(story, &line, &["active → degraded: signature"]).await;
    story.says(story.customer(1), &line, "Hello").await;
    expect(
        story,
        &line,
        &[
            "active → degraded: signature",
            "degraded → active: mended signature",
        ],
    )
    .await;
}

async fn set_disabled(story: &Story, queue: &str, disabled: bool) {
    let queue: QueueId = queue.parse().expect("an id");
    engine::directory::queues::set_disabled(&story.engine, &Actor::System, queue, disabled)
        .await
        .expect("switched");
}

async fn a_destination_and_its_fallback(story: &Story) {
    let (first, second) = (story.staffed("Support").await, story.staffed("Night").await);
    let line = story.channel(&story.app(1), 1, "queue", &first).await;
    story.connect(&line).await;
    story.settled().await;
    set_disabled(story, &first, true).await;
    expect(story, &line, &["active → degraded: destination"]).await;

    save(story, &line, |form| form.fallback = format!("queue:{second}")).await;
    expect(story, &line, &["degraded → active: mended destination"]).await;
    set_disabled(story, &second, true).await;
    expect(story, &line, &["active → degraded: destination"]).await;
    set_disabled(story, &first, false).await;
    expect(story, &line, &["degraded → active: mended destination"]).await;
}

/// Saves the Messaging tab with a change.
async fn save(story: &Story, line: &Line, change: impl FnOnce(&mut MessagingForm)) {
    let view = engine::channels::get(&story.engine, &Actor::System, line.id()).await;
    let view = view.expect("a channel");
    let mut form = MessagingForm {
        phone_number: view.phone_number.unwrap_or_default(),
        phone_number_id: view.phone_number_id.unwrap_or_default(),
        waba_id: view.waba_id.unwrap_or_default(),
        destination: view.destination.expect("one").destination.to_string(),
        ..MessagingForm::default()
    };
    change(&mut form);
    engine::channels::save_messaging(&story.engine, &Actor::System, line.id(), view.version, &form)
        .await
        .expect("saved");
}

/// Saves the Authentication tab with a change.
async fn replace(story: &Story, line: &Line, change: impl FnOnce(&mut AuthenticationForm)) {
    let view = engine::channels::get(&story.engine, &Actor::System, line.id()).await;
    let view = view.expect("a channel");
    let mut form = AuthenticationForm {
        name: view.name,
        ..AuthenticationForm::default()
    };
    change(&mut form);
    engine::channels::save_authentication(&story.engine, &Actor::System, line.id(), view.version, &form)
        .await
        .expect("saved");
}

async fn another_token(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    story.meta.add_token("EAAGdead", TokenState::Revoked);
    replace(story, &line, |form| form.access_token = "EAAGdead".into()).await;
    story.settled().await;
    expect(
        story,
        &line,
        &["active → token_refused: the token has been revoked"],
    )
    .await;
    replace(story, &line, |form| form.access_token = line.app.token.clone()).await;
    story.settled().await;
    let newest = changes(story, &line).await.pop().expect("a change");
    assert!(
        ["token_accepted", "token_replaced"]
            .iter()
            .any(|why| newest == format!("token_refused → active: {why}")),
        "{newest}"
    );
}

async fn another_app_secret(story: &Story) {
    let line = story.support().await;
    story.settled().await;
    forge(story, &line).await;
    expect(story, &line, &["active → degraded: signature"]).await;
    replace(story, &line, |form| form.app_secret = line.app.secret.clone()).await;
    expect(story, &line, &["degraded → active: mended signature"]).await;
}

/// The old number's deliveries prove nothing for the new one; the handshake belongs to the address, and stays valid.
async fn another_number(story: &Story) {
    let queue = story.staffed("Support").await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    let message = text_message("420800555201", "wamid.1", "Hello");
    let body = delivery(&line.phone_number_id, "420800555201", &[message]);
    assert_eq!(story.post_signed(&line.webhook_url, &line.app, body).await, 200);
    story.settled().await;
    save(story, &line, |form| {
        form.phone_number_id = "300000000000099".into()
    })
    .await;
    expect(story, &line, &["not_receiving → waiting_for_meta: not_called"]).await;
}

/// Both channels of an app share one address at Meta: the handshake mends both at once.
async fn a_handshake_of_another_channel(story: &Story) {
    let first = story.support().await;
    let queue = story.staffed("Sales").await;
    let second = story.channel(&first.app, 2, "queue", &queue).await;
    story.connect(&second).await;
    story.set_callback(CallbackOf::App, &first.app.id, Some(OTHER));
    story.later(SETTLING).await;
    story.examine(&first).await;
    expect(story, &first, &["active → not_receiving: callback"]).await;
    story.connect(&second).await;
    expect(story, &first, &["not_receiving → active: mended callback"]).await;
}

async fn pages_are_told_after_it_is_written_down(story: &Story) {
    let queue = story.staffed("Support").await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.settled().await;
    let before = changes(story, &line).await.len();
    let mut events = story.engine.events().subscribe();
    // By itself this change only tells the pages that the directory has changed.
    set_disabled(story, &queue, true).await;
    loop {
        let next = tokio::time::timeout(Duration::from_secs(5), events.next(&Actor::System));
        let event = next.await.expect("told").expect("an event");
        if event.change == (Change::Channel { channel: line.id() }) {
            break;
        }
    }
    assert_eq!(changes(story, &line).await.len(), before + 1);
}
