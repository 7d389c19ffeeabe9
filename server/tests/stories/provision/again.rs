//! What applying a file again changes, and what it leaves alone.

use super::{FILE, applied};
use crate::{stories, support::Story};
use server::cli::provision::export;

stories! {
    a_draft_is_paused_once
}

const CHANNEL: &str = "channel 300000000000009";
const SECRETS: &str = "access_token = { file = \"access\" }\napp_secret = { file = \"secret\" }\n";

/// What is said of the channel.
async fn of_channel(story: &Story, text: &str) -> String {
    let said = applied(story, text, false, false).await.expect("applied");
    let line = said.lines().find(|line| line.contains(CHANNEL));
    line.expect("a line").to_owned()
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
