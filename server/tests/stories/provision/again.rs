//! What applying a file again changes, and what it leaves alone.

use super::{FILE, WEBHOOK, applied, written};
use crate::{
    stories,
    support::{Story, world::id_of},
};
use domain::access::Actor;
use engine::channels;
use reqwest::Method;
use serde_json::{Value, json};
use server::cli::provision::{Options, apply, export};
use std::io::{self, Write};
use tokio::{runtime::Handle, task::block_in_place};

stories! {
    a_draft_is_paused_once
    another_name_leaves_the_secrets
    a_reset_that_is_over_does_not_begin_again
    what_somebody_saves_meanwhile_stays
}

const CHANNEL: &str = "channel 300000000000009";
const SECRETS: &str = "access_token = { file = \"access\" }\napp_secret = { file = \"secret\" }\n";

/// What is said of the channel.
async fn of_channel(story: &Story, text: &str) -> String {
    let said = applied(story, text, false, false).await.expect("applied");
    let line = said.lines().find(|line| line.contains(CHANNEL));
    line.expect("a line").to_owned()
}

async fn another_name_leaves_the_secrets(story: &Story) {
    applied(story, FILE, false, false).await.expect("applied");
    let written = "audit WHERE action = 'channel.authentication' AND detail LIKE '%app_secret%'";
    assert_eq!(story.count(written).await, 1);
    let renamed = FILE.replace(
        "name = \"Support\"\nphone_number = ",
        "name = \"Help\"\nphone_number = ",
    );
    assert_eq!(of_channel(story, &renamed).await, format!("~ {CHANNEL}: name"));
    assert_eq!(story.count(written).await, 1);
    assert_eq!(of_channel(story, &renamed).await, format!("= {CHANNEL}"));
}

async fn a_reset_that_is_over_does_not_begin_again(story: &Story) {
    let reset = format!("{FILE}next_app_secret = {{ file = \"signs\" }}\n");
    applied(story, FILE, false, false).await.expect("applied");
    assert_eq!(
        of_channel(story, &reset).await,
        format!("~ {CHANNEL}: next_app_secret")
    );
    assert_eq!(of_channel(story, &reset).await, format!("= {CHANNEL}"));
    let id = id_of(&story.api.items("/api/v1/channels").await[0]);
    channels::drop_old_app_secret(&story.engine, &Actor::System, id.parse().expect("an id"))
        .await
        .expect("the reset is over");
    assert_eq!(of_channel(story, &reset).await, format!("= {CHANNEL}"));
    let second = "channel_secrets WHERE kind = 'next_app_secret'";
    assert_eq!(story.count(second).await, 0);
}

/// Somebody saves something before the first line is said.
struct Meanwhile<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Write for Meanwhile<F> {
    fn write(&mut self, said: &[u8]) -> io::Result<usize> {
        if let Some(save) = self.0.take() {
            save();
        }
        Ok(said.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn applied_while(story: &Story, text: &str, path: &str, saved: Value) -> anyhow::Result<()> {
    let id = id_of(&story.api.items(path).await[0]);
    let save = || {
        let request = story.api.request(Method::PATCH, &format!("{path}/{id}"));
        let answer = story.api.send(request.json(&saved));
        block_in_place(|| Handle::current().block_on(answer)).ok();
    };
    let options = Options {
        file: written(story, text),
        ..Options::default()
    };
    apply(&story.engine, &options, &mut Meanwhile(Some(save))).await
}

async fn what_somebody_saves_meanwhile_stays(story: &Story) {
    let both = format!("{FILE}{WEBHOOK}");
    applied(story, &both, false, false).await.expect("applied");
    let channel = FILE.replace("+420800555019", "+420800555018");
    let webhook = format!("{channel}{}", WEBHOOK.replace("\"session.closed\", ", ""));
    for (text, path, field, saved) in [
        (channel, "/api/v1/channels", "waba_id", json!("200000000000007")),
        (
            webhook,
            "/api/v1/webhooks",
            "address",
            json!("https://other.example/"),
        ),
    ] {
        let done = applied_while(story, &text, path, json!({ field: saved })).await;
        let error = done.expect_err("refused").to_string();
        assert!(error.contains("somebody else saved this"), "{error}");
        let id = id_of(&story.api.items(path).await[0]);
        let stored = story.api.get(&format!("{path}/{id}")).await.ok();
        assert_eq!(stored[field], saved);
        // The next run knows what was saved.
        applied(story, &text, false, false).await.expect("applied");
    }
    let channel = id_of(&story.api.items("/api/v1/channels").await[0]);
    let channel = story.api.get(&format!("/api/v1/channels/{channel}")).await.ok();
    assert_eq!(channel["waba_id"], "200000000000007");
    assert_eq!(channel["phone_number"], "+420800555018");
}

/// Its badge says that it is a draft, and not that it is paused.
async fn a_draft_is_paused_once(story: &Story) {
    applied(story, FILE, false, false).await.expect("applied");
    let without = "DELETE FROM channel_secrets";
    story.database.run(story.data_dir(), without).await;
    let paused = FILE.replace(SECRETS, "paused = true\n");
    assert_eq!(of_channel(story, &paused).await, format!("~ {CHANNEL}: paused"));
    assert_eq!(of_channel(story, &paused).await, format!("= {CHANNEL}"));
    let exported = export(&story.engine).await.expect("exported");
    assert!(exported.contains("paused = true"), "{exported}");
    let resumed = FILE.replace(SECRETS, "paused = false\n");
    assert_eq!(of_channel(story, &resumed).await, format!("~ {CHANNEL}: paused"));
    assert_eq!(of_channel(story, &resumed).await, format!("= {CHANNEL}"));
}
