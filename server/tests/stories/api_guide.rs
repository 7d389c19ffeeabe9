//! docs/API.md: its programs run as they stand there, and what it shows is answered so.

use crate::{
    stories,
    support::{Story, files::PDF, openapi::DOCUMENT, receiver::Receiver, scripts, token, world::id_of},
};
use domain::access::{Actor, Scope};
use serde_json::{Value, json};
use std::{collections::BTreeSet, env, fs};
use tempfile::TempDir;
use tokio::process::Command;

stories! {
    the_error_is_answered_so
    every_kind_of_message_is_taken
}

const GUIDE: &str = include_str!("../../../docs/API.md");
/// Ends in an error unless the function takes what came, and refuses it changed, late and with another secret.
const CHECK: &str = r#"
import json
import os

given = json.loads(os.environ["GIVEN"])
secret, headers, body = given["secret"], given["headers"], given["body"].encode()
sent_at = int(headers["webhook-timestamp"])
time.time = lambda: sent_at + 1
assert is_genuine(secret, headers, body), given
assert not is_genuine(secret, headers, body + b" ")
assert not is_genuine("whsec_" + "A" * 43 + "=", headers, body)
time.time = lambda: sent_at + 301
assert not is_genuine(secret, headers, body)
"#;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs curl and jq; cargo xtask test runs it"]
async fn the_program_with_curl_answers_and_closes() {
    answers_and_closes("sh", &["curl", "jq"], block("### With curl", "sh")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python; cargo xtask test runs it"]
async fn the_program_with_python_answers_and_closes() {
    answers_and_closes("python3", &[], block("### With Python", "python")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs curl and jq; cargo xtask test runs it"]
async fn a_file_is_sent_as_shown() {
    let story = Story::on_sqlite().await;
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("Invoice 4711.pdf");
    fs::write(&file, PDF).expect("a file");
    let file = file.to_str().expect("a path");
    let variables = [("SESSION", session.as_str()), ("FILE", file)];
    run(&story, "sh", &["curl", "jq"], block("## Files", "sh"), &variables).await;
    story.settled().await;
    let sent = story.meta.sent_messages().pop().expect("a message");
    assert_eq!(sent.body["type"], "document");
    assert_eq!(sent.body["document"]["filename"], "Invoice 4711.pdf");
    assert_eq!(story.accepted_files().len(), 1);
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python; cargo xtask test runs it"]
async fn the_function_that_checks_signatures_knows_ours() {
    let story = Story::on_sqlite().await;
    let receiver = Receiver::start().await;
    let crm = story.hears("CRM", &receiver, json!({})).await;
    // The last one is signed by both secrets.
    for what in ["test", "rotate", "test"] {
        let path = format!("{}/{what}", crm.path);
        story.api.post(&path, json!({})).await.ok();
        story.called().await;
    }
    assert_eq!(receiver.got().len(), 2);
    let program = format!("{}\n{CHECK}", block("### Check the signature", "python"));
    for got in receiver.got() {
        let header = |name: &str| (name.to_owned(), Value::from(got.header(name)));
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
        let body = str::from_utf8(&got.body).expect("UTF-8");
        let given = json!({"secret": crm.secret, "headers": Value::from_iter(headers), "body": body});
        let given = given.to_string();
        run(&story, "python3", &[], &program, &[("GIVEN", given.as_str())]).await;
    }
    story.end().await;
}

async fn the_error_is_answered_so(story: &Story) {
    let refused = story
        .api
        .post("/api/v1/extensions", json!({"number": "2O1"}))
        .await;
    let shown: Value = serde_json::from_str(block("## Errors", "json")).expect("JSON");
    assert_eq!(refused.problem(422), shown);
}

async fn every_kind_of_message_is_taken(story: &Story) {
    let line = story.support().await;
    story.allow_templates(&line).await;
    let session = story.picked_up(&line).await;
    let wamid = story.messages(&session).await[0]["wamid"].clone();
    let wamid = wamid.as_str().expect("a wamid");
    // Meta would fetch the files from their links.
    let channel = line.channel.parse().expect("an id");
    let paused = engine::channels::pause(&story.engine, &Actor::System, channel).await;
    paused.expect("a pause");

    let path = format!("/api/v1/sessions/{}/messages", id_of(&session));
    let mut kinds = BTreeSet::new();
    for shown in block("## Send a message", "jsonl").lines() {
        let body = shown
            .replace("WAMID", wamid)
            .replace("\"file\": \"FILE_ID\"", "\"id\": \"1\"");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        kinds.insert(body["type"].to_string());
        let taken = story.api.post(&path, body).await;
        assert_eq!(taken.status, 202, "{shown}: {}", taken.text);
    }
    let shapes = &DOCUMENT["components"]["schemas"]["NewMessage"]["oneOf"];
    let known = shapes.as_array().expect("shapes").iter();
    let known = known.map(|shape| shape["properties"]["type"]["enum"][0].to_string());
    let known: BTreeSet<String> = known.collect();
    assert_eq!(kinds, known);
}

/// The first block of this language below a heading.
fn block(heading: &str, language: &str) -> &'static str {
    let below = GUIDE.split_once(&format!("\n{heading}\n"));
    let (_, below) = below.unwrap_or_else(|| panic!("docs/API.md has no heading {heading}"));
    let text = below.split_once(&format!("\n```{language}\n"));
    let (_, text) = text.unwrap_or_else(|| panic!("{heading} has no block of {language}"));
    let (text, _) = text.split_once("\n```").expect("its end");
    text
}

/// Of two open sessions the program answers and closes the one that somebody has picked up.
async fn answers_and_closes(interpreter: &str, needs: &[&str], text: &str) {
    let story = Story::on_sqlite().await;
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.says(story.customer(2), &line, "And me?").await;
    run(&story, interpreter, needs, text, &[]).await;
    story.settled().await;

    let sent = story.meta.sent_messages();
    let texts: Vec<&Value> = sent.iter().map(|sent| &sent.body["text"]["body"]).collect();
    assert_eq!(texts, ["Thank you, we have put it right."]);
    assert_eq!(story.count("messages WHERE idempotency_key IS NOT NULL").await, 1);
    let sessions = story.api.items("/api/v1/sessions").await;
    assert_eq!(sessions.len(), 2);
    for found in sessions {
        let expected = match found["id"] == session["id"] {
            true => "closed",
            false => "waiting",
        };
        assert_eq!(found["state"], expected, "{found}");
    }
    story.end().await;
}

/// Runs a program with the story's server, as a user with a token would.
async fn run(story: &Story, interpreter: &str, needs: &[&str], text: &str, variables: &[(&str, &str)]) {
    for program in needs.iter().chain([&interpreter]) {
        assert!(
            is_installed(program),
            "{program} is not installed; `cargo xtask test` does that"
        );
    }
    let mut script = Command::new(interpreter);
    script
        .args(["-c", text])
        .env("SWITCHBOARD_URL", story.url.as_str().trim_end_matches('/'))
        .env("SWITCHBOARD_TOKEN", token(&story.engine, Scope::Operate).await)
        .envs(variables.iter().copied());
    scripts::run(&mut script).await;
}

fn is_installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
