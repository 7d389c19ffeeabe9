//! Notes for colleagues: in the thread of whoever sees the session, and never at Meta.

use crate::{
    stories,
    support::{
        Story,
        http::Answer,
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{
    access::Scope,
    session::{MAX_NOTE, MAX_NOTES},
};
use futures::future::join_all;
use serde_json::{Value, json};

stories! {
    colleagues_read_a_note_and_the_customer_does_not
    whoever_does_not_see_the_session_writes_and_reads_none
    the_same_note_twice_in_a_row_is_one
    what_cannot_be_a_note_is_refused
    a_script_writes_and_reads_notes
}

struct Desk {
    line: Line,
    jana: Browser,
    petr: Browser,
    other: Browser,
    session: String,
}

/// Jana has a customer's session, Petr is in its queue, and somebody is in neither.
async fn desk(story: &Story) -> Desk {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let (_, other) = story.operator("203", "other").await;
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
        session,
    }
}

async fn note(browser: &Browser, session: &str, text: &str) -> Answer {
    let arguments = [("session", session), ("text", text)];
    browser.call("inbox/note", &arguments).await
}

/// The notes in the thread, with who wrote them.
async fn notes(browser: &Browser, session: &str) -> Vec<(String, String)> {
    let thread = browser.call("inbox/thread", &[("session", session)]).await.ok();
    let all = thread["timeline"].as_array().expect("a timeline").clone();
    let word = |of: &Value| of.as_str().expect("a text").to_owned();
    all.iter()
        .filter(|event| event["what"] == "noted")
        .map(|event| (word(&event["who"]), word(&event["reason"])))
        .collect()
}

async fn colleagues_read_a_note_and_the_customer_does_not(story: &Story) {
    let desk = desk(story).await;
    let Desk {
        jana, petr, session, ..
    } = &desk;
    // Nobody has to pick up the session for it.
    note(petr, session, "Ask for the *invoice*.\r\nThen transfer.")
        .await
        .ok();
    let expected = [(
        "Operator 202".to_owned(),
        "Ask for the *invoice*.\nThen transfer.".to_owned(),
    )];
    for reader in [jana, petr] {
        assert_eq!(notes(reader, session).await, expected);
    }
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    jana.call("inbox/close", &[("session", session)]).await.ok();
    note(jana, session, "Done").await.ok();
    assert_eq!(notes(jana, session).await.len(), 2, "also when it is closed");
    let page = jana.get(&format!("/inbox/{session}?tab=all&note=1")).await.text;
    assert!(
        page.contains("flow-note") && page.contains("Then transfer."),
        "{page}"
    );

    story.settled().await;
    assert!(story.meta.sent_messages().is_empty(), "Meta gets nothing");
    assert_eq!(story.count("messages").await, 1);
    assert_eq!(story.count("outbox").await, 0);
    // The customer's next message opens a new session, whose operator reads the notes of the earlier one above it.
    story.says(story.customer(1), &desk.line, "One more thing").await;
}

async fn whoever_does_not_see_the_session_writes_and_reads_none(story: &Story) {
    let desk = desk(story).await;
    let (jana, session) = (&desk.jana, &desk.session);
    assert_eq!(note(&desk.other, session, "Hello").await.status, 404);
    jana.call("inbox/pick-up", &[("session", session)]).await.ok();
    // Petr saw it, so he learns who has it now.
    assert_eq!(note(&desk.petr, session, "Hello").await.status, 409);
    let nobody = Browser::new(story);
    assert_eq!(note(&nobody, session, "Hello").await.status, 401);
    assert!(notes(jana, session).await.is_empty());
    let path = format!("/api/v1/sessions/{session}");
    let reader = story.api_with(Scope::Read).await;
    let written = reader
        .post(&format!("{path}/notes"), json!({"text": "Hello"}))
        .await;
    written.problem(403);
    reader.get(&format!("{path}/timeline")).await.ok();
}

async fn the_same_note_twice_in_a_row_is_one(story: &Story) {
    let desk = desk(story).await;
    let (jana, petr, session) = (&desk.jana, &desk.petr, &desk.session);
    let all = join_all((0..16).map(|_| note(jana, session, "Call back"))).await;
    for answer in all {
        answer.ok();
    }
    assert_eq!(notes(jana, session).await.len(), 1);
    note(petr, session, "Call back").await.ok();
    note(jana, session, "Call back").await.ok();
    assert_eq!(notes(jana, session).await.len(), 3, "not in a row");
    let many = (0..16).map(|n| async move { note(jana, session, &format!("Note {n}")).await.ok() });
    join_all(many).await;
    assert_eq!(notes(jana, session).await.len(), 19);
}

async fn what_cannot_be_a_note_is_refused(story: &Story) {
    let desk = desk(story).await;
    let (jana, session) = (&desk.jana, &desk.session);
    let long = "é".repeat(MAX_NOTE + 1);
    for text in ["", " \n ", "a\u{0}b", "a\u{1b}b", &long] {
        let answer = note(jana, session, text).await;
        assert_eq!(answer.status, 422, "{text:?}: {}", answer.text);
    }
    assert_eq!(note(jana, "nothing", "Hello").await.status, 422);
    let script = "<script>alert(1)</script> \u{202e}abc";
    note(jana, session, script).await.ok();
    let page = jana.get(&format!("/inbox/{session}?tab=all")).await.text;
    assert!(!page.contains("<script>alert"), "{page}");
    note(jana, session, &"é".repeat(MAX_NOTE)).await.ok();
    assert_eq!(notes(jana, session).await.len(), 2);
    let numbers: Vec<_> = (2..MAX_NOTES + 5).collect();
    let mut refused = 0;
    for some in numbers.chunks(16) {
        let all = some
            .iter()
            .map(|n| async move { note(jana, session, &n.to_string()).await });
        let answers = join_all(all).await;
        refused += answers.iter().filter(|answer| answer.status == 422).count();
    }
    assert_eq!(refused, 5);
    assert_eq!(notes(jana, session).await.len() as u64, MAX_NOTES);
}

async fn a_script_writes_and_reads_notes(story: &Story) {
    let desk = desk(story).await;
    let path = format!("/api/v1/sessions/{}", desk.session);
    let notes_path = format!("{path}/notes");
    let written = story.api.post(&notes_path, json!({"text": "From the CRM"})).await;
    assert_eq!(written.status, 201);
    let all = story.api.get(&format!("{path}/timeline")).await.ok();
    assert_eq!(all.as_array().expect("a list").last(), Some(&written.json()));
    assert_eq!(written.json()["what"], "noted");
    for body in [
        json!({}),
        json!({"text": ""}),
        json!({"text": 1}),
        json!({"text": "a", "b": 1}),
    ] {
        story.api.post(&notes_path, body).await.problem(422);
    }
    let nowhere = "/api/v1/sessions/00000000-0000-0000-0000-000000000001";
    for answer in [
        story
            .api
            .post(&format!("{nowhere}/notes"), json!({"text": "a"}))
            .await,
        story.api.get(&format!("{nowhere}/timeline")).await,
    ] {
        answer.problem(404);
    }
}
