//! `switchboard retention`: what the rules would delete.

use crate::settings::Retention;
use clap::Args;
use domain::erasure::Extent;
use engine::{Engine, erasure};
use std::time::Duration;

/// Each replaces the setting of the same name; 0 is for ever.
#[derive(Debug, Args)]
pub(super) struct Rules {
    #[arg(long, value_name = "DAYS")]
    sessions_days: Option<u32>,
    #[arg(long, value_name = "DAYS")]
    messages_days: Option<u32>,
    #[arg(long, value_name = "DAYS")]
    contacts_days: Option<u32>,
}

pub(super) async fn run(engine: &Engine, set: Retention, rules: Rules) -> anyhow::Result<()> {
    let rule = |tried: Option<u32>, set: Option<Duration>| match tried {
        Some(days) => (days > 0).then(|| Duration::from_secs(u64::from(days) * 24 * 60 * 60)),
        None => set,
    };
    let rules = Retention {
        sessions_days: rule(rules.sessions_days, set.sessions_days),
        messages_days: rule(rules.messages_days, set.messages_days),
        contacts_days: rule(rules.contacts_days, set.contacts_days),
    };
    let Extent {
        contacts,
        sessions,
        messages,
        files,
    } = erasure::due(engine, rules.into()).await?;
    println!(
        "These rules delete now: {sessions} sessions, {messages} messages, {files} files, {contacts} contacts. \
         This command deletes nothing."
    );
    Ok(())
}
