//! Whatever the REST API is sent, it answers what its document says: schemathesis makes some thousands of requests that the document
//! allows and forbids, the same ones each time.

use crate::support::{
    Story,
    receiver::Receiver,
    scripts::{python, run},
    token,
    world::id_of,
};
use domain::access::{Actor, Scope};
use serde_json::{Value, json};
use std::{fs, num::NonZeroU32};
use tempfile::TempDir;
use tokio::process::Command;

const FILES: [(&str, &str); 2] = [
    (
        "schemathesis.toml",
        include_str!("../schemathesis/schemathesis.toml"),
    ),
    ("hooks.py", include_str!("../schemathesis/hooks.py")),
];
/// Seconds after which it stops; it takes a minute or two.
const MOST: &str = "400";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with the package schemathesis; cargo xtask test runs it"]
async fn every_answer_is_in_the_document() {
    let story = Story::with(|settings| {
        // The clock of a story stands still, so nothing of a quota comes back.
        settings.http.api_requests_per_minute = NonZeroU32::MAX;
        settings.http.streams_per_user = 1000;
    })
    .await;
    let receiver = Receiver::start().await;
    let things = things(&story, &receiver).await;
    let folder = TempDir::new().expect("a folder");
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let document = story.url.join("api/v1/openapi.json").expect("a URL");
    let mut schemathesis = Command::new(python());
    schemathesis
        .current_dir(folder.path())
        .args(["-m", "schemathesis.cli", "--config-file", FILES[0].0, "run"])
        .args(["--phases", "examples,coverage", "--max-time", MOST])
        .arg(document.as_str())
        .env("SWITCHBOARD_TOKEN", token(&story.engine, Scope::Administer).await)
        .env("SWITCHBOARD_IDS", things.to_string());
    let said = run(&mut schemathesis).await;
    // When its time is over, it ends as if all were well.
    let (tested, selected) = (number(&said, "Tested:"), number(&said, "Selected:"));
    assert!(
        tested == selected && tested > 80,
        "{tested} of {selected} operations\n{said}"
    );
    story.end().await;
}

/// The number behind a word of the summary.
fn number(said: &str, word: &str) -> usize {
    let line = said.lines().find_map(|line| line.trim().strip_prefix(word));
    let number = line.and_then(|line| line.trim().split('/').next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{word} is not in\n{said}"))
}

/// The ids of what there is, by the noun of its address.
async fn things(story: &Story, receiver: &Receiver) -> Value {
    let line = story.support().await;
    story.allow_templates(&line).await;
    let session = story.picked_up(&line).await;
    // What is sent waits: the simulator would fetch files from wherever a generated link leads.
    let channel = line.channel.parse().expect("an id");
    let paused = engine::channels::pause(&story.engine, &Actor::System, channel).await;
    paused.expect("a pause");
    let made = async |path: &str, new: Value| id_of(&story.api.post(path, new).await.ok());
    let first = async |path: &str| id_of(&story.api.items(path).await[0]);
    json!({
        "sessions": id_of(&session),
        "messages": id_of(&story.messages(&session).await[0]),
        "contacts": first("/api/v1/contacts").await,
        "channels": line.channel,
        // Another one than the session's owner, who stays as they are.
        "extensions": story.extension("203").await,
        "queues": first("/api/v1/queues").await,
        "labels": made("/api/v1/labels", json!({"name": "urgent"})).await,
        "canned-replies": made("/api/v1/canned-replies", json!({"shortcut": "hi", "text": "Hello"})).await,
        "webhooks": story.hears("CRM", receiver, json!({})).await.id,
    })
}
