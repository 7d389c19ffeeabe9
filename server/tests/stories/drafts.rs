//! What a user has typed and not sent follows them to another browser, and nobody else reads it.

use crate::{
    stories,
    support::{
        Story,
        users::{Browser, PASSWORD},
        world::id_of,
    },
};
use domain::draft::MAX_DRAFT;
use futures::future::join_all;
use serde_json::{Value, json};

stories! {
    a_draft_follows_its_user_and_nobody_else_reads_it
    a_draft_is_refused_where_nothing_can_be_written
    many_drafts_at_once_leave_the_last_one
}

struct Desk {
    jana: Browser,
    petr: Browser,
    session: String,
}

async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let queue = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    Desk { jana, petr, session }
}

async fn keep(browser: &Browser, session: &str, kind: &str, text: &str) -> u16 {
    let arguments = [("session", session), ("kind", kind), ("text", text)];
    browser.call("inbox/draft", &arguments).await.status.as_u16()
}

/// Kinds and texts.
async fn drafts(browser: &Browser) -> Vec<(Value, Value)> {
    let all = browser.call("inbox/drafts", &[]).await.ok();
    let all = all.as_array().expect("drafts").iter();
    all.map(|draft| (draft["kind"].clone(), draft["text"].clone()))
        .collect()
}

async fn a_draft_follows_its_user_and_nobody_else_reads_it(story: &Story) {
    let desk = desk(story).await;
    let (jana, session) = (&desk.jana, desk.session.as_str());
    assert_eq!(keep(jana, session, "reply", "Dobrý den, \u{1f600}\n").await, 200);
    story.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(keep(jana, session, "note", "Ask Petr").await, 200);
    let both = [
        (json!("note"), json!("Ask Petr")),
        (json!("reply"), json!("Dobrý den, \u{1f600}\n")),
    ];
    let mut elsewhere = Browser::new(story);
    assert_eq!(elsewhere.log_in("jana", PASSWORD).await.status, 200);
    assert_eq!(drafts(&elsewhere).await, both);
    assert!(drafts(&desk.petr).await.is_empty());
    // Nor is it in what colleagues see of the session.
    let thread = desk.petr.call("inbox/thread", &[("session", session)]).await.ok();
    assert!(!thread.to_string().contains("Ask Petr"));

    // Somebody else has it now: what was typed stays, and can be deleted.
    desk.petr
        .call("inbox/pick-up", &[("session", session)])
        .await
        .ok();
    assert_eq!(keep(jana, session, "note", "Ask Petr, please").await, 200);
    assert_eq!(drafts(jana).await, both);
    assert_eq!(keep(jana, session, "note", "").await, 200);
    assert_eq!(keep(jana, session, "note", "").await, 200);
    assert_eq!(drafts(jana).await, both[1..]);
}

async fn a_draft_is_refused_where_nothing_can_be_written(story: &Story) {
    let desk = desk(story).await;
    let (jana, session) = (&desk.jana, desk.session.as_str());
    let (most, more) = ("ř".repeat(MAX_DRAFT), "ř".repeat(MAX_DRAFT + 1));
    assert_eq!(keep(jana, session, "reply", &most).await, 200);
    assert_eq!(keep(jana, session, "reply", &more).await, 422);
    assert_eq!(keep(jana, session, "reply", "a\0b").await, 422);
    assert_eq!(drafts(jana).await, [(json!("reply"), json!(most))]);
    let nowhere = "00000000-0000-0000-0000-000000000000";
    assert_eq!(keep(jana, nowhere, "reply", "x").await, 200);
    assert_eq!(keep(jana, nowhere, "reply", "").await, 200);
    assert_eq!(keep(jana, session, "letter", "x").await, 422);
    assert_eq!(drafts(jana).await.len(), 1);
    assert_eq!(keep(&Browser::new(story), session, "reply", "x").await, 401);
    // Typed by somebody else in the same browser.
    let arguments = [
        ("session", session),
        ("kind", "reply"),
        ("text", "x"),
        ("writer", nowhere),
    ];
    assert_eq!(jana.call("inbox/draft", &arguments).await.status, 401);
}

async fn many_drafts_at_once_leave_the_last_one(story: &Story) {
    let desk = desk(story).await;
    let (jana, session) = (&desk.jana, desk.session.as_str());
    let texts: Vec<String> = (0..16).map(|n| format!("draft {n}")).collect();
    let kept = join_all(texts.iter().map(|text| keep(jana, session, "reply", text))).await;
    assert!(kept.iter().all(|status| *status == 200), "{kept:?}");
    assert_eq!(drafts(jana).await.len(), 1);
    assert_eq!(keep(jana, session, "reply", "the last").await, 200);
    assert_eq!(drafts(jana).await, [(json!("reply"), json!("the last"))]);
}
