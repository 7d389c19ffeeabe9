//! What applying a file again changes, and what it leaves alone.

use super::{FILE, applied};
use crate::{
    stories,
    support::{Story, world::id_of},
};
use domain::access::Actor;
use engine::channels;
use server::cli::provision::export;

stories! {
    a_draft_is_paused_once
    another_name_leaves_the_secrets
    a_reset_that_is_over_does_not_begin_again
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
