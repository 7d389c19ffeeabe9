//! Scripts repeat a POST with the same `Idempotency-Key`: it has one effect and one answer.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        world::id_of,
    },
};
use domain::{
    access::{Actor, Scope},
    label::LabelForm,
};
use engine::{
    Error,
    access::api_tokens,
    idempotency::{self, Begun, Claim, Request},
    labels,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Setting;
use std::time::Duration;
use tokio::time::sleep;

stories! {
    the_same_request_is_answered_alike
    another_request_with_the_same_key_is_refused
    of_fifty_at_once_one_has_an_effect
    what_may_be_answered_otherwise_is_not_kept
    a_request_whose_answer_is_lost_is_not_made_again
    a_request_that_died_before_its_effect_is_made_again
    a_request_that_takes_long_is_still_under_way
    whoever_comes_too_late_has_no_effect
    a_key_is_kept_for_a_day
    a_token_has_so_many_keys
    what_is_no_key_is_refused
    a_stop_waits_for_a_request_whose_client_has_gone
}

const LABELS: &str = "/api/v1/labels";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const LEASE: Duration = Duration::from_secs(60);
/// As if the process had died before it kept the answers.
const LOSE_ANSWERS: &str = "UPDATE idempotency_keys SET key_id = NULL, sealed = NULL";
/// As if it had died before that, and before the effects.
const LOSE_EFFECTS: &str = "UPDATE idempotency_keys SET key_id = NULL, sealed = NULL, effect_at = NULL";
/// The token that has no key yet gets 100,000 of them, like the one there is.
const MANY_KEYS: &str = "INSERT INTO idempotency_keys (token_id, key, fingerprint, claim, at, leased_until, effect_at) \
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000) \
    SELECT id, 'many-' || n, fingerprint, claim, at, leased_until, effect_at \
    FROM api_tokens JOIN idempotency_keys ON id <> token_id CROSS JOIN numbers";

async fn post(api: &Api, key: &str, path: &str, body: Value) -> Answer {
    let request = api.request(Method::POST, path).header("idempotency-key", key);
    api.send(request.json(&body)).await
}

async fn label(story: &Story, key: &str, name: &str) -> Answer {
    post(&story.api, key, LABELS, json!({ "name": name })).await
}

#[track_caller]
fn is_repeated(again: &Answer, first: &Answer) {
    assert_eq!(again.header("idempotent-replayed"), "true", "{again:?}");
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    for name in ["location", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

async fn the_same_request_is_answered_alike(story: &Story) {
    let made = label(story, "k-1", "VIP").await;
    assert_eq!(
        (made.status.as_u16(), made.header("idempotent-replayed")),
        (201, "")
    );
    assert!(!made.header("location").is_empty());
    for key in ["k-1", "\"k-1\""] {
        is_repeated(&label(story, key, "VIP").await, &made);
    }
    let path = format!("{LABELS}/{}", id_of(&made.ok()));
    let deleted = story.api.send(story.api.request(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, 204);
    is_repeated(&label(story, "k-1", "VIP").await, &made);
    assert_eq!(story.count("labels").await, 0);
    // What has no body is repeated as well, and so is an answer that holds a secret.
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let typing = format!("/api/v1/sessions/{session}/typing");
    let first = post(&story.api, "k-3", &typing, Value::Null).await;
    assert_eq!(first.status, 204);
    is_repeated(&post(&story.api, "k-3", &typing, Value::Null).await, &first);
    let queue = story.queue("Sales", &[]).await;
    let body = json!({
        "name": "Sales", "phone_number": "+420800555019", "phone_number_id": "300000000000019",
        "access_token": "EAAG", "app_secret": "secret", "destination": {"type": "queue", "id": queue},
    });
    let first = post(&story.api, "k-4", "/api/v1/channels", body.clone()).await;
    assert!(first.ok()["verify_token"].is_string());
    is_repeated(&post(&story.api, "k-4", "/api/v1/channels", body).await, &first);
}

async fn another_request_with_the_same_key_is_refused(story: &Story) {
    label(story, "k-1", "VIP").await.ok();
    let body = label(story, "k-1", "Complaint").await;
    let address = post(&story.api, "k-1", "/api/v1/queues", json!({"name": "VIP"})).await;
    for refused in [body, address] {
        assert_eq!(refused.problem(422)["type"], "urn:switchboard:key_reused");
    }
    // Each token has keys of its own.
    let other = story.api_with(Scope::Administer).await;
    let made = post(&other, "k-1", LABELS, json!({"name": "Complaint"})).await;
    assert_eq!(
        (made.status.as_u16(), made.header("idempotent-replayed")),
        (201, "")
    );
    assert_eq!((story.count("labels").await, story.count("queues").await), (2, 0));
}

async fn of_fifty_at_once_one_has_an_effect(story: &Story) {
    let all = join_all((0..50).map(|_| label(story, "k-1", "VIP"))).await;
    let first = all[0].ok();
    for answer in &all {
        assert_eq!((answer.status.as_u16(), answer.json()), (201, first.clone()));
    }
    let made = all
        .iter()
        .filter(|answer| answer.header("idempotent-replayed").is_empty());
    assert_eq!(made.count(), 1);
    assert_eq!(story.count("labels").await, 1);
}

async fn what_may_be_answered_otherwise_is_not_kept(story: &Story) {
    let reader = story.api_with(Scope::Read).await;
    for _ in 0..2 {
        let refused = post(&reader, "k-1", LABELS, json!({"name": "VIP"})).await;
        refused.problem(403);
        assert_eq!(refused.header("idempotent-replayed"), "");
    }
    for nowhere in ["/api/v1/nothing", "/api/v1/audit"] {
        let refused = post(&story.api, "k-2", nowhere, json!({})).await;
        assert!(matches!(refused.status.as_u16(), 404 | 405), "{refused:?}");
    }
    assert_eq!(story.count("idempotency_keys").await, 0);
    // What is refused without an effect is free again, also for another request.
    let made = label(story, "k-3", "VIP").await.ok();
    label(story, "k-4", "VIP").await.problem(422);
    assert_eq!(story.count("idempotency_keys").await, 1);
    let path = format!("{LABELS}/{}", id_of(&made));
    let deleted = story.api.send(story.api.request(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, 204);
    let again = label(story, "k-4", "VIP").await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotent-replayed")),
        (201, "")
    );
}

async fn a_request_whose_answer_is_lost_is_not_made_again(story: &Story) {
    label(story, "k-1", "VIP").await.ok();
    story.database.run(story.data_dir(), LOSE_ANSWERS).await;
    story.clock.advance(LEASE);
    for _ in 0..2 {
        let lost = label(story, "k-1", "VIP").await;
        assert_eq!(lost.problem(409)["type"], "urn:switchboard:outcome_unknown");
        assert_eq!(lost.header("retry-after"), "");
    }
    let other = label(story, "k-1", "Complaint").await;
    assert_eq!(other.problem(422)["type"], "urn:switchboard:key_reused");
    assert_eq!(story.count("labels").await, 1);
}

async fn a_request_that_died_before_its_effect_is_made_again(story: &Story) {
    let made = label(story, "k-1", "VIP").await;
    let path = format!("{LABELS}/{}", id_of(&made.ok()));
    let deleted = story.api.send(story.api.request(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, 204);
    story.database.run(story.data_dir(), LOSE_EFFECTS).await;
    story.clock.advance(LEASE - Duration::from_millis(1));
    let waits = label(story, "k-1", "VIP").await;
    assert_eq!(waits.problem(409)["type"], "urn:switchboard:request_in_progress");
    assert_eq!(waits.header("retry-after"), "1");
    story.clock.advance(Duration::from_millis(1));
    let again = label(story, "k-1", "VIP").await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotent-replayed")),
        (201, "")
    );
    assert_ne!(again.text, made.text);
    is_repeated(&label(story, "k-1", "VIP").await, &again);
}

async fn request(story: &Story) -> Request {
    let tokens = api_tokens::list(&story.engine, &Actor::System).await;
    Request {
        token: tokens.expect("tokens")[0].id,
        key: "k-1".into(),
        fingerprint: "a request".into(),
    }
}

async fn claim(story: &Story, request: &Request) -> Claim {
    match idempotency::begin(&story.engine, request).await {
        Ok(Begun::Now(claim)) => claim,
        other => panic!("{other:?}"),
    }
}

/// Whoever makes a request for longer than a lease renews it.
async fn a_request_that_takes_long_is_still_under_way(story: &Story) {
    let request = request(story).await;
    let claim = claim(story, &request).await;
    let nearly = LEASE - Duration::from_millis(1);
    let under_way = async || {
        story.clock.advance(nearly);
        let begun = idempotency::begin(&story.engine, &request).await;
        assert!(matches!(begun, Ok(Begun::InProgress)), "{begun:?}");
    };
    under_way().await;
    idempotency::renew(&story.engine, &claim).await.expect("renewed");
    under_way().await;
    // So does what it has done.
    let (vip, actor) = (LabelForm { name: "VIP".into() }, Actor::System);
    let made = labels::create(&story.engine, &actor, &vip);
    let made = idempotency::within(&story.engine, claim.clone(), made).await;
    made.expect("a label");
    under_way().await;
    idempotency::renew(&story.engine, &claim).await.expect("renewed");
    under_way().await;
    story.clock.advance(Duration::from_millis(1));
    let begun = idempotency::begin(&story.engine, &request).await;
    assert!(matches!(begun, Ok(Begun::OutcomeUnknown)), "{begun:?}");
}

/// The lease has ended, and somebody else makes the request.
async fn whoever_comes_too_late_has_no_effect(story: &Story) {
    let request = request(story).await;
    let (vip, actor) = (LabelForm { name: "VIP".into() }, Actor::System);
    let late = claim(story, &request).await;
    story.clock.advance(LEASE);
    let in_time = claim(story, &request).await;
    let refused = idempotency::within(&story.engine, late, labels::create(&story.engine, &actor, &vip)).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert_eq!(story.count("labels").await, 0);
    let made = idempotency::within(
        &story.engine,
        in_time,
        labels::create(&story.engine, &actor, &vip),
    )
    .await;
    made.expect("a label");
    let begun = idempotency::begin(&story.engine, &request).await;
    assert!(matches!(begun, Ok(Begun::InProgress)), "{begun:?}");
}

async fn a_key_is_kept_for_a_day(story: &Story) {
    let made = label(story, "k-1", "VIP").await;
    story.clock.advance(DAY - Duration::from_millis(1));
    story.engine.forget().await.expect("a pass");
    is_repeated(&label(story, "k-1", "VIP").await, &made);
    story.clock.advance(Duration::from_millis(1));
    // Also before its row is deleted.
    let again = label(story, "k-1", "Complaint").await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotent-replayed")),
        (201, "")
    );
    story.clock.advance(DAY);
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("idempotency_keys").await, 0);
}

async fn a_token_has_so_many_keys(story: &Story) {
    let first = label(story, "k-1", "VIP").await;
    let full = story.api_with(Scope::Administer).await;
    story.database.run(story.data_dir(), MANY_KEYS).await;
    for key in ["k-2", "k-3"] {
        let refused = post(&full, key, LABELS, json!({"name": "Later"})).await;
        assert_eq!(refused.problem(429)["type"], "urn:switchboard:too_many_keys");
        assert_eq!(refused.header("retry-after"), "600");
    }
    // Known keys, other tokens and requests without a key go on.
    let known = post(&full, "many-1", LABELS, json!({"name": "Later"})).await;
    assert_eq!(known.problem(422)["type"], "urn:switchboard:key_reused");
    is_repeated(&label(story, "k-1", "VIP").await, &first);
    label(story, "k-2", "Complaint").await.ok();
    full.post(LABELS, json!({"name": "Soon"})).await.ok();
    // What died does not count.
    story.database.run(story.data_dir(), LOSE_EFFECTS).await;
    story.clock.advance(LEASE);
    post(&full, "k-2", LABELS, json!({"name": "Later"})).await.ok();
}

async fn what_is_no_key_is_refused(story: &Story) {
    for (key, problem) in [
        ("", "required"),
        ("\"\"", "required"),
        (&*"k".repeat(256), "too_long"),
    ] {
        let refused = label(story, key, "VIP").await;
        let expected = json!([{"field": "Idempotency-Key", "problem": problem}]);
        assert_eq!(refused.problem(422)["fields"], expected, "{key}");
    }
    label(story, &"k".repeat(255), "VIP").await.ok();
}

async fn a_stop_waits_for_a_request_whose_client_has_gone(story: &Story) {
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    story.meta.set(Setting::Latency { ms: 1500 }).expect("it is set");
    let block = format!("/api/v1/sessions/{session}/block");
    let block = story.api.request(Method::POST, &block);
    let block = block.header("idempotency-key", "k-1").json(&json!({}));
    let begun = async {
        while story.count("contact_blocks").await == 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = block.send() => panic!("{answer:?}"),
        () = begun => {}
    }
    story.stop();
    while !story.has_stopped() {
        sleep(Duration::from_millis(10)).await;
    }
    let kept = "idempotency_keys WHERE sealed IS NOT NULL";
    assert_eq!(story.count(kept).await, 1);
}
