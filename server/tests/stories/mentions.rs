//! A note calls for colleagues by `@` and their name: those who see the session are told until they have seen it.

use crate::{
    stories,
    support::{
        Story,
        events::Events,
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::session::MOST_MENTIONS;
use futures::future::join_all;
use serde_json::{Value, json};

stories! {
    a_note_calls_for_a_colleague_until_they_have_seen_it
    whoever_does_not_see_the_session_is_neither_offered_nor_told
    sixteen_notes_at_once_call_for_all
    a_page_without_a_script_shows_and_ends_them
}

struct Desk {
    line: Line,
    jana: Browser,
    petr: Browser,
    other: Browser,
    boss: Browser,
    session: String,
}

/// Jana and Petr are in the session's queue, a supervisor sees all, and somebody sees nothing.
async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let (_, other) = story.operator("203", "other").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let support = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &support).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    Desk {
        line,
        jana,
        petr,
        other,
        boss,
        session,
    }
}

async fn note(browser: &Browser, session: &str, text: &str) {
    let arguments = [("session", session), ("text", text)];
    browser.call("inbox/note", &arguments).await.ok();
}

/// The texts of the notes that call for a user.
async fn mentions(browser: &Browser) -> Vec<String> {
    let all = browser.call("inbox/mentions", &[]).await.ok();
    let all = all.as_array().expect("mentions").iter();
    all.map(|mention| mention["text"].as_str().expect("a text").to_owned())
        .collect()
}

async fn offered(browser: &Browser, session: &str) -> Vec<Value> {
    let all = browser
        .call("inbox/colleagues", &[("session", session)])
        .await
        .ok();
    let all = all.as_array().expect("colleagues").iter();
    all.map(|colleague| colleague["number"].clone()).collect()
}

async fn seen(browser: &Browser, session: &str) {
    let arguments = [("session", session)];
    browser.call("inbox/mentions-seen", &arguments).await.ok();
}

async fn a_note_calls_for_a_colleague_until_they_have_seen_it(story: &Story) {
    let Desk {
        jana,
        petr,
        boss,
        session,
        ..
    } = &desk(story).await;
    let mut events = Events::open(boss).await;
    note(jana, session, "@operator 202 and @900: *who* knows?").await;
    assert!(mentions(jana).await.is_empty(), "nobody calls for themselves");
    for called in [petr, boss] {
        assert_eq!(mentions(called).await, ["@operator 202 and @900: *who* knows?"]);
    }
    events.until("mention").await;
    let thread = jana.call("inbox/thread", &[("session", session)]).await.ok();
    let line = thread["timeline"].as_array().expect("lines").last().cloned();
    let names = line.expect("a note")["mentions"].clone();
    assert_eq!(names, json!(["Operator 202", "Supervisor 900"]));
    let timeline = format!("/api/v1/sessions/{session}/timeline");
    let timeline = story.api.get(&timeline).await.ok();
    assert!(
        timeline.to_string().contains("\"mentions\":[\"Operator 202\""),
        "{timeline}"
    );

    // The same note twice is one, and calls once.
    note(jana, session, "@operator 202 and @900: *who* knows?").await;
    note(jana, session, "Nobody? info@operator.example").await;
    assert_eq!(mentions(petr).await.len(), 1);
    note(jana, session, "@202!").await;
    assert_eq!(
        mentions(petr).await,
        ["@202!", "@operator 202 and @900: *who* knows?"]
    );

    // Seen anywhere is seen everywhere, by one of the two.
    seen(petr, session).await;
    assert!(mentions(petr).await.is_empty());
    assert_eq!(mentions(boss).await.len(), 1);
    seen(petr, session).await;
    let nowhere = "00000000-0000-0000-0000-000000000009";
    seen(petr, nowhere).await;
    assert_eq!(mentions(boss).await.len(), 1);
    let unreadable = [("session", "nonsense")];
    assert_ne!(boss.call("inbox/mentions-seen", &unreadable).await.status, 200);
}

async fn whoever_does_not_see_the_session_is_neither_offered_nor_told(story: &Story) {
    let desk = desk(story).await;
    let (jana, petr, boss, session) = (&desk.jana, &desk.petr, &desk.boss, &desk.session);
    assert_eq!(offered(jana, session).await, [json!("202"), json!("900")]);
    assert_eq!(offered(boss, session).await, [json!("201"), json!("202")]);
    let stranger = desk.other.call("inbox/colleagues", &[("session", session)]).await;
    assert_eq!(stranger.status, 404);

    note(jana, session, "@203 @operator 203 @202").await;
    assert!(mentions(&desk.other).await.is_empty());
    assert_eq!(mentions(petr).await.len(), 1);
    // Petr does not see it any more once Jana has it.
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    assert!(mentions(petr).await.is_empty());
    assert_eq!(offered(jana, session).await, [json!("900")]);
    note(jana, session, "@202 again").await;
    // Once he has it, he learns what called for him while he saw it.
    let transfer = json!({"to": {"type": "queue", "id": story.session().await["queue"]["id"]}});
    let path = format!("/api/v1/sessions/{session}/transfer");
    story.api.post(&path, transfer).await.ok();
    assert_eq!(mentions(petr).await, ["@203 @operator 203 @202"]);

    let nobody = Browser::new(story);
    for call in ["inbox/mentions", "inbox/colleagues", "inbox/mentions-seen"] {
        assert_eq!(nobody.call(call, &[("session", session)]).await.status, 401);
    }
    // As many are told of as anybody reads.
    for n in 0..MOST_MENTIONS + 5 {
        note(jana, session, &format!("@900 {n}")).await;
    }
    assert_eq!(mentions(boss).await.len(), MOST_MENTIONS);
    assert_eq!(mentions(boss).await[0], format!("@900 {}", MOST_MENTIONS + 4));
    seen(boss, session).await;
    assert!(mentions(boss).await.is_empty());
    // A customer's next session is another one.
    story.says(story.customer(2), &desk.line, "Hello").await;
}

async fn sixteen_notes_at_once_call_for_all(story: &Story) {
    let desk = desk(story).await;
    let (jana, boss, session) = (&desk.jana, &desk.boss, desk.session.as_str());
    let texts: Vec<String> = (0..16).map(|n| format!("@900 {n}")).collect();
    join_all(texts.iter().map(|text| note(jana, session, text))).await;
    assert_eq!(mentions(boss).await.len(), 16);
    join_all((0..16).map(|_| seen(boss, session))).await;
    assert!(mentions(boss).await.is_empty());
}

async fn a_page_without_a_script_shows_and_ends_them(story: &Story) {
    let desk = desk(story).await;
    let (jana, boss, session) = (&desk.jana, &desk.boss, desk.session.as_str());
    note(jana, session, "@900 <b>please</b>").await;
    let page = boss.get("/inbox?tab=mine").await.text;
    assert!(page.contains("class=\"mentions\""), "{page}");
    assert!(page.contains("@900 &lt;b&gt;please"), "{page}");
    assert!(
        page.contains(&format!("name=\"session\" value=\"{session}\"")),
        "{page}"
    );
    seen(boss, session).await;
    let page = boss.get("/inbox?tab=mine").await.text;
    assert!(!page.contains("class=\"mentions\""), "{page}");
}
