//! Where numbers are masked, operators see only their end: in lists, threads, searches, events and pages.

use crate::{
    stories,
    support::{Story, events::Events, users::Browser, world::id_of},
};
use serde_json::{Value, json};

stories! {
    with |settings| settings.security.mask_numbers = true;
    an_operator_sees_the_end_of_a_number
}

/// All that a browser gets of a session.
async fn all_of(browser: &Browser, session: &str, words: &str) -> Vec<(&'static str, String)> {
    let tab = [("tab", "mine")];
    let by_name = [("tab", "all"), ("search", "Customer")];
    let mut all = Vec::new();
    for (what, call, arguments) in [
        ("list", "inbox/list", &tab[..]),
        ("found sessions", "inbox/list", &by_name[..]),
        ("found messages", "inbox/search", &[("search", words)][..]),
        ("thread", "inbox/thread", &[("session", session)][..]),
        ("mentions", "inbox/mentions", &[][..]),
        (
            "canned replies",
            "canned-replies/of-session",
            &[("session", session)][..],
        ),
    ] {
        let answer = browser.call(call, arguments).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        all.push((what, answer.text));
    }
    for (what, path) in [
        ("page of the list", "/inbox?tab=mine".to_owned()),
        ("page of the thread", format!("/inbox/{session}?tab=mine")),
    ] {
        all.push((what, browser.get(&path).await.text));
    }
    all
}

async fn an_operator_sees_the_end_of_a_number(story: &Story) {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let line = story.channel(&story.app(1), 1, "extension", &jana_id).await;
    story.connect(&line).await;
    let customer = story.customer(1);
    let mut events = Events::open(&jana).await;
    let mut bosss = Events::open(&boss).await;
    story.says(customer, &line, "Dobrý den").await;
    let session = story.session().await;
    let number = session["contact"]["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    let digits = number.trim_start_matches('+');
    let masked = format!("•••{}", &digits[digits.len() - 3..]);
    let session = id_of(&session);
    let note = [("session", session.as_str()), ("text", "@201 Dobrý den")];
    boss.call("inbox/note", &note).await.ok();

    let event = events.until("message").await;
    assert_eq!(
        event["inbox"]["row"]["contact"]["number"],
        json!(masked),
        "{event}"
    );
    let event = bosss.until("message").await;
    assert_eq!(event["inbox"]["row"]["contact"]["number"], json!(number));
    // As it is written, and as pages group it.
    let last = &digits[digits.len() - 6..];
    let spelt = [digits.to_owned(), format!("{} {}", &last[..3], &last[3..])];
    let tells = |text: &str| spelt.iter().any(|number| text.contains(number));
    for (what, text) in all_of(&jana, &session, "Dobrý").await {
        assert!(!tells(&text), "{what} tells the number: {text}");
    }
    let thread = jana.call("inbox/thread", &[("session", &session)]).await.ok();
    assert_eq!(thread["session"]["contact"]["number"], json!(masked));
    for (what, text) in all_of(&boss, &session, "Dobrý").await {
        let has_contact = !matches!(what, "list" | "mentions" | "canned replies" | "page of the list");
        assert_eq!(tells(&text), has_contact, "{what}: {text}");
    }
    let whole: Value = story.api.get(&format!("/api/v1/sessions/{session}")).await.ok();
    assert_eq!(whole["contact"]["number"], json!(number));
    // Whoever is told a number by the customer finds the session by it.
    let found = [("tab", "mine"), ("search", digits)];
    let found = jana.call("inbox/list", &found).await.ok();
    assert_eq!(
        found["value"]["rows"]["items"].as_array().map(Vec::len),
        Some(1),
        "{found}"
    );
}
