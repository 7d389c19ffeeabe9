//! WhatsApp's servers deliver webhooks and fetch files: nobody shuts them out without a warning.

use super::{AMERICAN, CZECH, GERMAN};
use crate::{
    stories,
    support::{
        Story,
        world::{Line, delivery, text_message},
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    webhooks_are_closed_only_when_somebody_says_so
    the_doctor_warns_when_metas_servers_are_shut_out
    servers_that_called_lately_count_too
}

/// A signed delivery from this address.
async fn deliver(story: &Story, line: &Line, address: &str, wamid: &str) -> u16 {
    let from = "420800555201";
    let body = delivery(&line.phone_number_id, from, &[text_message(from, wamid, "Hello")]);
    let request = story.anonymous().request(Method::POST, line.webhook_url.as_str());
    let request = request
        .header("x-forwarded-for", address)
        .header("x-hub-signature-256", line.app.sign(&body))
        .body(body);
    let answer = story.api.send(request).await;
    story.settled().await;
    answer.status.as_u16()
}

async fn webhooks_are_closed_only_when_somebody_says_so(story: &Story) {
    let admin = story.with_countries().await;
    let line = story.support().await;
    for door in ["console", "api", "files"] {
        admin.save(door, &["CZ"]).await;
    }
    assert_eq!(deliver(story, &line, AMERICAN, "wamid.1").await, 200);
    let careless = admin.save_from(CZECH, "webhooks", &["CZ"], &[]).await;
    assert_eq!(careless.status, 422);
    assert_eq!(careless.json()["Refused"]["fields"][0]["field"], "understood");
    assert_eq!(deliver(story, &line, AMERICAN, "wamid.2").await, 200);
    assert_eq!(story.count("deliveries").await, 2);

    admin.save("webhooks", &["CZ"]).await;
    assert_eq!(deliver(story, &line, AMERICAN, "wamid.3").await, 403);
    assert_eq!(story.count("deliveries").await, 2, "nothing of it is stored");
    assert_eq!(deliver(story, &line, CZECH, "wamid.4").await, 200);
    let metrics = story.api.get("/metrics").await.text;
    assert!(
        metrics.contains("switchboard_deliveries_refused_total{reason=\"country\"}"),
        "{metrics}"
    );
    assert!(
        metrics.contains("switchboard_refused_by_country_total{door=\"webhooks\"}"),
        "{metrics}"
    );
}

async fn the_doctor_warns_when_metas_servers_are_shut_out(story: &Story) {
    let admin = story.with_countries().await;
    let line = story.support().await;
    let blocked = |webhooks: bool, files: bool| json!({"seen": "countries_blocked", "webhooks": webhooks, "files": files});
    assert_eq!(story.countries_finding(&line).await["state"], "good");

    admin.save("files", &["CZ", "US"]).await;
    story.settled().await;
    let path = format!("/api/v1/channels/{}/health", line.channel);
    let kept = story.api.get(&path).await.ok();
    let kept = kept["findings"].as_array().expect("findings");
    let kept = kept
        .iter()
        .find(|finding| finding["check"] == "countries")
        .expect("a finding");
    assert_eq!(kept["seen"], blocked(false, true), "the save has it examined");
    let overview = admin.overview_from(CZECH).await;
    assert_eq!(
        overview["doors"][2]["shut_out"],
        json!({"countries": ["IE"], "unknown": false})
    );
    assert_eq!(overview["doors"][3]["shut_out"], Value::Null);

    admin.save("webhooks", &["CZ"]).await;
    let found = story.countries_finding(&line).await;
    assert_eq!(
        (&found["state"], &found["seen"]),
        (&json!("bad"), &blocked(true, true))
    );
    let overview = admin.overview_from(CZECH).await;
    assert_eq!(overview["doors"][3]["shut_out"]["countries"], json!(["IE", "US"]));

    admin.save("files", &["CZ", "US", "IE"]).await;
    admin.save("webhooks", &[]).await;
    assert_eq!(story.countries_finding(&line).await["state"], "good");
    // The rules of the console and of the API do not concern Meta's servers.
    admin.save("console", &["CZ"]).await;
    admin.save("api", &["CZ"]).await;
    let overview = admin.overview_from(CZECH).await;
    let doors = overview["doors"].as_array().expect("doors");
    assert!(doors.iter().all(|door| door["shut_out"].is_null()), "{overview}");
}

async fn servers_that_called_lately_count_too(story: &Story) {
    let admin = story.with_countries().await;
    let line = story.support().await;
    admin.save("files", &["CZ", "US", "IE"]).await;
    let forged = story.anonymous().request(Method::POST, line.webhook_url.as_str());
    let forged = forged
        .header("x-forwarded-for", GERMAN)
        .header("x-hub-signature-256", "sha256=00");
    assert_eq!(story.api.send(forged.body("{}")).await.status, 401);
    assert_eq!(
        story.countries_finding(&line).await["state"],
        "good",
        "anybody can call, but not sign"
    );

    assert_eq!(deliver(story, &line, GERMAN, "wamid.1").await, 200);
    let overview = admin.overview_from(CZECH).await;
    assert_eq!(overview["doors"][2]["shut_out"]["countries"], json!(["DE"]));
    assert_eq!(story.countries_finding(&line).await["state"], "bad");
    story.clock.advance(Duration::from_secs(7 * 24 * 60 * 60));
    assert_eq!(
        story.countries_finding(&line).await["state"],
        "good",
        "that was long ago"
    );
}
