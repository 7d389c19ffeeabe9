//! Channels that Meta cannot reach, or that are not filled in yet.

use super::{CallbackOf, Setting, Story, bad, findings, of};
use crate::support::world::WABA_ID;
use domain::{access::Actor, channel::AuthenticationForm};
use serde_json::{Value, json};

/// A story with another public address: the simulated Meta cannot call it, so the handshake is entered by hand.
async fn with_address(public_url: &'static str) -> Vec<Value> {
    let story = Story::with(|settings| {
        settings.http.public_url = Some(public_url.parse().expect("a URL"));
    })
    .await;
    let extension = story.extension("201").await;
    let app = story.app(1);
    let line = story.channel(&app, 1, "extension", &extension).await;
    story.set_callback(CallbackOf::App, &app.id, Some(line.webhook_url.as_str()));
    story.set(Setting::SubscribedApps {
        waba_id: WABA_ID.into(),
        app_ids: vec![app.id.clone()],
    });
    let found = story.examine(&line).await;
    story.end().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_meta_cannot_call() {
    for (url, seen) in [
        ("https://switchboard.invalid/", "unreachable"),
        ("http://switchboard.invalid/", "not_https"),
        ("https://switch_board.invalid/", "underscore"),
    ] {
        let found = with_address(url).await;
        assert_eq!(bad(&found), [("public_url", seen)], "{url}");
    }
    let local = with_address("http://localhost:3000/").await;
    assert_eq!(of(&local, "public_url")["state"], "notice");
    assert!(bad(&local).is_empty(), "{local:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_misses_what_is_empty_and_nothing_else() {
    let story = Story::on_sqlite().await;
    let id = engine::channels::reserve(&story.engine, &Actor::System)
        .await
        .expect("an address");
    let form = AuthenticationForm {
        name: "Support".into(),
        ..AuthenticationForm::default()
    };
    engine::channels::save_authentication(&story.engine, &Actor::System, id, 0, &form)
        .await
        .expect("a draft");
    let path = format!("/api/v1/channels/{id}/health");
    assert_eq!(
        story
            .api
            .post("/api/v1/channels/nothing/health", json!({}))
            .await
            .status,
        404
    );
    let found = findings(&story.api.post(&path, json!({})).await.ok());
    assert!(
        bad(&found).iter().all(|(_, seen)| *seen == "missing"),
        "{found:#?}"
    );
    let checks: Vec<&str> = bad(&found).into_iter().map(|(check, _)| check).collect();
    assert_eq!(checks, ["token", "app_secret", "number", "destination"]);
    story.end().await;
}
