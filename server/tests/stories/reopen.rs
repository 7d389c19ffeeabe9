//! A closed session is opened again: by whom, until when, and once.

use crate::{
    stories,
    support::{
        Story,
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::access::Scope;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    whoever_closed_too_early_opens_again_and_writes
    only_within_the_service_window
    not_when_the_customer_has_written_again
    of_many_who_open_again_one_has_it
    whoever_could_not_go_on_may_not_open_again
    a_script_opens_for_the_last_owner
}

struct Desk {
    line: Line,
    jana: Browser,
    petr: Browser,
    session: String,
}

/// Jana has closed a customer's session; Petr is in its queue.
async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let support = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &support).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    for step in ["pick-up", "close"] {
        jana.call(&format!("inbox/{step}"), &[("session", &session)])
            .await
            .ok();
    }
    Desk {
        line,
        jana,
        petr,
        session,
    }
}

async fn reopen(browser: &Browser, session: &str) -> u16 {
    browser
        .call("inbox/reopen", &[("session", session)])
        .await
        .status
        .as_u16()
}

async fn may_reopen(browser: &Browser, session: &str) -> bool {
    let thread = browser.call("inbox/thread", &[("session", session)]).await.ok();
    thread["may"]["reopen"].as_bool().expect("yes or no")
}

async fn read(story: &Story, session: &str) -> Value {
    story.api.get(&format!("/api/v1/sessions/{session}")).await.ok()
}

async fn whoever_closed_too_early_opens_again_and_writes(story: &Story) {
    let Desk { jana, session, .. } = &desk(story).await;
    assert!(may_reopen(jana, session).await);
    assert_eq!(reopen(jana, session).await, 200);
    let now = read(story, session).await;
    assert_eq!(
        (&now["state"], &now["extension"]["number"]),
        (&json!("assigned"), &json!("201"))
    );
    assert_eq!(now["closed_at"], json!(null));
    assert!(!may_reopen(jana, session).await);
    let sent = jana
        .call("inbox/send", &[("session", session), ("body", "One more thing")])
        .await;
    sent.ok();
    story.settled().await;
    assert_eq!(story.meta.sent_messages().len(), 1);
    let timeline = story
        .api
        .get(&format!("/api/v1/sessions/{session}/timeline"))
        .await
        .ok();
    let last = timeline
        .as_array()
        .and_then(|all| all.last())
        .expect("a line")
        .clone();
    assert_eq!(
        (&last["what"], &last["who"]),
        (&json!("reopened"), &json!("Operator 201"))
    );
    let customer = story.meta.sent_messages().len();
    assert_eq!(customer, 1);
    assert_eq!(reopen(jana, session).await, 200, "it is hers already");
    assert_eq!(story.count("session_moments WHERE what = 'reopened'").await, 1);
}

async fn only_within_the_service_window(story: &Story) {
    let Desk { jana, session, .. } = &desk(story).await;
    assert!(may_reopen(jana, session).await);
    story.clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
    let path = format!("/api/v1/sessions/{session}/reopen");
    story.api.post(&path, Value::Null).await.problem(409);
    assert_eq!(read(story, session).await["state"], json!("closed"));
}

async fn not_when_the_customer_has_written_again(story: &Story) {
    let Desk {
        line, jana, session, ..
    } = &desk(story).await;
    let customer = story.customer(1);
    story.says(customer, line, "Another question").await;
    assert_eq!(story.count("sessions").await, 2);
    assert!(!may_reopen(jana, session).await);
    assert_eq!(reopen(jana, session).await, 409);
}

async fn of_many_who_open_again_one_has_it(story: &Story) {
    let desk = desk(story).await;
    let boss = story.supervisor("203", "boss").await.1;
    let all = (0..16).map(|n| reopen(if n % 2 == 0 { &desk.jana } else { &boss }, &desk.session));
    let statuses = join_all(all).await;
    let (even, odd): (Vec<_>, Vec<_>) = statuses.iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let all_are = |some: &[(usize, &u16)], status| some.iter().all(|(_, got)| **got == status);
    assert!(
        all_are(&even, 200) && all_are(&odd, 409) || all_are(&even, 409) && all_are(&odd, 200),
        "{statuses:?}"
    );
    assert_eq!(story.count("session_moments WHERE what = 'reopened'").await, 1);
}

async fn whoever_could_not_go_on_may_not_open_again(story: &Story) {
    let Desk { petr, session, .. } = &desk(story).await;
    assert_eq!(reopen(petr, session).await, 404, "he does not see it");
    let (_, stranger) = story.operator("204", "stranger").await;
    assert_eq!(reopen(&stranger, session).await, 404);
    assert_eq!(reopen(&Browser::new(story), session).await, 401);
    let admin = story.admin("admin").await;
    assert!(!may_reopen(&admin, session).await);
    assert_eq!(reopen(&admin, session).await, 409, "no extension");
    let reader = story.api_with(Scope::Read).await;
    let path = format!("/api/v1/sessions/{session}/reopen");
    reader.post(&path, Value::Null).await.problem(403);
    let boss = story.supervisor("203", "boss").await.1;
    assert!(may_reopen(&boss, session).await);
    assert_eq!(reopen(&boss, session).await, 200);
    assert_eq!(read(story, session).await["extension"]["number"], json!("203"));
}

async fn a_script_opens_for_the_last_owner(story: &Story) {
    let desk = desk(story).await;
    let path = format!("/api/v1/sessions/{}/reopen", desk.session);
    let now = story.api.post(&path, Value::Null).await.ok();
    assert_eq!(
        (&now["state"], &now["extension"]["number"]),
        (&json!("assigned"), &json!("201"))
    );
    assert_eq!(
        story.api.post(&path, Value::Null).await.ok(),
        now,
        "it is open already"
    );
    let nothing = "/api/v1/sessions/00000000-0000-7000-8000-000000000000/reopen";
    story.api.post(nothing, Value::Null).await.problem(404);
}
