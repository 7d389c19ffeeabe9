//! The operator's list: which customers wait, which a search finds, and what is counted.

use crate::{
    stories,
    support::{
        START, Story,
        users::Browser,
        world::{Line, WABA_ID, id_of},
    },
};
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    whoever_waits_longest_comes_first
    in_a_queue_without_pick_up_whoever_was_answered_comes_last
    the_waiting_are_read_page_by_page
    an_operator_reads_what_they_see_page_by_page
    a_list_is_narrowed_to_the_unread
    names_and_numbers_are_found_in_any_spelling
    a_new_name_is_found_and_the_old_one_is_not
    contacts_from_before_the_search_are_found
    sessions_are_counted_and_not_their_messages
    a_name_that_cannot_be_seen_is_a_number
    a_narrowed_list_still_says_which_channel_and_queue
}

const MINUTE: Duration = Duration::from_secs(60);

/// A customer of this name writes.
async fn wrote(story: &Story, line: &Line, number: u64, name: &str) {
    let from = number.to_string();
    let at = story.clock.now().millis();
    let value = json!({
        "metadata": {"display_phone_number": "420800555010", "phone_number_id": line.phone_number_id},
        "contacts": [{"profile": {"name": name}, "wa_id": from}],
        "messages": [{"from": from, "id": format!("wamid.{number}.{at}"), "timestamp": (at / 1000).to_string(),
            "type": "text", "text": {"body": "Hello"}}],
    });
    let change = json!({"field": "messages", "value": value});
    let body =
        json!({"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": [change]}]});
    let status = story
        .post_signed(&line.webhook_url, &line.app, body.to_string())
        .await;
    assert_eq!(status, 200);
    story.engine.applied().await;
}

/// The rows of a tab, with the cursor of the next ones.
async fn list(browser: &Browser, arguments: &[(&str, &str)]) -> Value {
    page(browser, arguments).await["rows"].take()
}

async fn page(browser: &Browser, arguments: &[(&str, &str)]) -> Value {
    browser.call("inbox/list", arguments).await.ok()["value"].take()
}

fn labels(page: &Value) -> Vec<String> {
    let rows = page["items"].as_array().expect("rows").iter();
    rows.map(|row| row["contact"]["label"].as_str().expect("a label").to_owned())
        .collect()
}

async fn found(browser: &Browser, search: &str) -> Vec<String> {
    labels(&list(browser, &[("tab", "all"), ("search", search)]).await)
}

async fn whoever_waits_longest_comes_first(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    for (number, name) in [
        (420_601_000_001, "Adam"),
        (420_601_000_002, "Berta"),
        (420_601_000_003, "Cyril"),
    ] {
        wrote(story, &line, number, name).await;
        story.clock.advance(MINUTE);
    }
    // A further message does not shorten the wait.
    wrote(story, &line, 420_601_000_001, "Adam").await;
    let page = list(&admin, &[("tab", "waiting")]).await;
    assert_eq!(labels(&page), ["Adam", "Berta", "Cyril"]);
    assert_eq!(page["items"][0]["waiting_since"], START.millis());
    assert_eq!(
        labels(&list(&admin, &[("tab", "all")]).await),
        ["Adam", "Cyril", "Berta"]
    );
    let newest_first = story.api.items("/api/v1/sessions").await;
    assert_eq!(newest_first[0]["contact"]["label"], "Adam");
    assert_eq!(newest_first[2]["contact"]["label"], "Berta");

    // A session with an owner waits for that owner only.
    let path = format!("/api/v1/sessions/{}", id_of(&newest_first[0]));
    story
        .api
        .post(&format!("{path}/pick-up"), json!({"extension": "201"}))
        .await
        .ok();
    assert_eq!(
        labels(&list(&admin, &[("tab", "waiting")]).await),
        ["Berta", "Cyril"]
    );
    story.answers(&newest_first[0], "Hello").await;
    let all = list(&admin, &[("tab", "all")]).await;
    let adam = &all["items"].as_array().expect("rows")[0];
    assert_eq!(
        (&adam["contact"]["label"], &adam["waiting_since"]),
        (&json!("Adam"), &Value::Null)
    );
}

async fn in_a_queue_without_pick_up_whoever_was_answered_comes_last(story: &Story) {
    let extension = story.extension("201").await;
    let queue = json!({"name": "All", "members": [extension], "pick_up": "none"});
    let queue = id_of(&story.api.post("/api/v1/queues", queue).await.ok());
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    let admin = story.admin("admin").await;
    for (number, name) in [(420_601_000_001, "Adam"), (420_601_000_002, "Berta")] {
        wrote(story, &line, number, name).await;
        story.clock.advance(MINUTE);
    }
    let waiting = async || labels(&list(&admin, &[("tab", "waiting")]).await);
    assert_eq!(waiting().await, ["Adam", "Berta"]);
    let sessions = story.api.items("/api/v1/sessions").await;
    story.answers(&sessions[1], "Hello Adam").await;
    assert_eq!(waiting().await, ["Berta", "Adam"]);
    wrote(story, &line, 420_601_000_001, "Adam").await;
    story.answers(&sessions[0], "Hello Berta").await;
    assert_eq!(waiting().await, ["Adam", "Berta"]);
}

async fn the_waiting_are_read_page_by_page(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    let names: Vec<_> = (1..=120).map(|n| format!("Customer {n:03}")).collect();
    for (number, name) in (420_601_000_001..).zip(&names) {
        wrote(story, &line, number, name).await;
        // Two share each minute.
        if number % 2 == 0 {
            story.clock.advance(MINUTE);
        }
    }
    assert_eq!(read_all(&admin, &[("tab", "waiting")]).await, names);
}

/// All pages of a tab.
async fn read_all(browser: &Browser, arguments: &[(&str, &str)]) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut arguments = arguments.to_vec();
        if !cursor.is_empty() {
            arguments.push(("cursor", &cursor));
        }
        let page = list(browser, &arguments).await;
        seen.extend(labels(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return seen,
        }
    }
}

/// An operator's own sessions, open and closed, and those that nobody owns in two queues: all in one order, and none of
/// other operators.
async fn an_operator_reads_what_they_see_page_by_page(story: &Story) {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, petr) = story.operator("202", "petr").await;
    let support = story.queue("Support", &[&jana_id, &petr_id]).await;
    let sales = story.queue("Sales", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &support).await;
    story.connect(&line).await;
    let other = story.channel(&story.app(2), 2, "queue", &sales).await;
    story.connect(&other).await;

    let names: Vec<_> = (1..=130).map(|n| format!("Customer {n:03}")).collect();
    for (n, name) in names.iter().enumerate() {
        let line = if n % 3 == 0 { &other } else { &line };
        wrote(story, line, 420_601_000_001 + n as u64, name).await;
        // Two share each minute.
        if n % 2 == 1 {
            story.clock.advance(MINUTE);
        }
    }
    let all = story.api.items("/api/v1/sessions?limit=200").await;
    let mut petrs = Vec::new();
    for (n, session) in all.iter().enumerate() {
        let (id, label) = (
            id_of(session),
            session["contact"]["label"].as_str().expect("a label"),
        );
        let mine = [("session", id.as_str())];
        match n % 5 {
            0 => drop(jana.call("inbox/pick-up", &mine).await.ok()),
            1 => {
                jana.call("inbox/pick-up", &mine).await.ok();
                jana.call("inbox/close", &mine).await.ok();
            }
            2 if petr.call("inbox/pick-up", &mine).await.status.is_success() => petrs.push(label.to_owned()),
            _ => (),
        }
    }
    assert!(!petrs.is_empty());
    let seen: Vec<_> = all
        .iter()
        .filter_map(|session| session["contact"]["label"].as_str())
        .filter(|label| !petrs.iter().any(|other| other == label))
        .collect();
    assert_eq!(read_all(&jana, &[("tab", "all")]).await, seen);
    assert_eq!(read_all(&jana, &[("tab", "all"), ("search", "cust")]).await, seen);

    // The waiting sessions of both queues, the longest wait first.
    let waiting = story.api.items("/api/v1/sessions?limit=200").await;
    let waiting = waiting.iter().filter(|session| session["state"] == "waiting");
    let mut waiting: Vec<_> = waiting
        .map(|session| session["contact"]["label"].clone())
        .collect();
    waiting.reverse();
    assert_eq!(read_all(&jana, &[("tab", "waiting")]).await, waiting);
    let counts = jana.call("inbox/counts", &[]).await.ok()["value"].take();
    assert_eq!(
        (&counts["mine"], &counts["waiting"]),
        (&json!(26), &json!(waiting.len()))
    );
}

async fn a_list_is_narrowed_to_the_unread(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    for (number, name) in [
        (420_601_000_001, "Adam"),
        (420_601_000_002, "Adela"),
        (420_601_000_003, "Cyril"),
    ] {
        wrote(story, &line, number, name).await;
        story.clock.advance(MINUTE);
    }
    let rows = list(&jana, &[("tab", "all")]).await;
    let adela = id_of(&rows["items"][1]);
    jana.call("inbox/pick-up", &[("session", &adela)]).await.ok();
    assert_eq!(
        labels(&list(&jana, &[("tab", "mine"), ("filter[unread]", "true")]).await),
        ["Adela"]
    );
    let read = format!("/api/v1/sessions/{adela}/read");
    story.api.post(&read, Value::Null).await.ok();
    let unread = async |tab: &str, search: &str| {
        let narrowed = [("tab", tab), ("filter[unread]", "true"), ("search", search)];
        labels(&list(&jana, &narrowed).await)
    };
    assert_eq!(unread("all", "").await, ["Cyril", "Adam"]);
    assert_eq!(unread("waiting", "").await, ["Adam", "Cyril"]);
    assert_eq!(unread("all", "ad").await, ["Adam"]);
    assert_eq!(unread("mine", "").await, Vec::<String>::new());
}

async fn names_and_numbers_are_found_in_any_spelling(story: &Story) {
    let line = story.support().await;
    let (_, jana) = story.operator("301", "jana").await;
    let admin = story.admin("admin").await;
    wrote(story, &line, 420_777_123_456, "Čeněk Dvořák").await;
    wrote(story, &line, 420_601_000_100, "Řehoř Novák").await;
    for (search, label) in [
        ("cenek", "Čeněk Dvořák"),
        ("ČENĚK", "Čeněk Dvořák"),
        ("dvorak", "Čeněk Dvořák"),
        ("dvořák čen", "Čeněk Dvořák"),
        ("777 123 456", "Čeněk Dvořák"),
        ("+420 777-123-456", "Čeněk Dvořák"),
        ("00420777123456", "Čeněk Dvořák"),
        ("\u{202a}+420\u{a0}777\u{a0}123 456\u{202c}", "Čeněk Dvořák"),
        ("3456", "Čeněk Dvořák"),
        ("Řeh", "Řehoř Novák"),
        ("reh", "Řehoř Novák"),
        ("novak 601", "Řehoř Novák"),
    ] {
        assert_eq!(found(&admin, search).await, [label], "{search}");
    }
    assert_eq!(found(&admin, "420").await.len(), 2);
    assert_eq!(found(&admin, "  ").await.len(), 2);
    for nobody in ["eva", "cenek novak", "778", "%", "_", "\\", "'", "?"] {
        assert_eq!(found(&admin, nobody).await, [""; 0], "{nobody}");
    }
    let long = "a".repeat(60_000);
    assert_eq!(found(&admin, &long[..1000]).await, [""; 0]);
    // A search does not find sessions that the user may not see.
    assert_eq!(found(&jana, "cenek").await, [""; 0]);
    let waiting = list(&admin, &[("tab", "waiting"), ("search", "reh")]).await;
    assert_eq!(labels(&waiting), ["Řehoř Novák"]);
}

async fn a_new_name_is_found_and_the_old_one_is_not(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    wrote(story, &line, 420_601_000_001, "Marie Malá").await;
    story.clock.advance(MINUTE);
    wrote(story, &line, 420_601_000_001, "Marie Veselá").await;
    assert_eq!(found(&admin, "vesela").await, ["Marie Veselá"]);
    assert_eq!(found(&admin, "marie").await, ["Marie Veselá"]);
    assert_eq!(found(&admin, "mala").await, [""; 0]);
    assert_eq!(found(&admin, "601 000 001").await, ["Marie Veselá"]);
}

async fn contacts_from_before_the_search_are_found(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    wrote(story, &line, 420_777_123_456, "Čeněk Dvořák").await;
    let forgotten = "DELETE FROM contact_words; UPDATE contacts SET words_at = NULL";
    story.database.run(story.data_dir(), forgotten).await;
    assert_eq!(found(&admin, "cenek").await, [""; 0]);
    story.engine.complete_search().await.expect("words");
    assert_eq!(found(&admin, "cenek").await, ["Čeněk Dvořák"]);
    assert_eq!(found(&admin, "777123").await, ["Čeněk Dvořák"]);
    story.engine.complete_search().await.expect("nothing left to do");
}

async fn sessions_are_counted_and_not_their_messages(story: &Story) {
    let (jana, browser) = story.operator("201", "jana").await;
    let queue = story.queue("Support", &[&jana]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    let counts = async || {
        let mut counts = browser.call("inbox/counts", &[]).await.ok();
        assert!(counts["position"]["number"].is_u64());
        counts["value"].take()
    };
    assert_eq!(counts().await, json!({"mine": 0, "waiting": 0, "unread": 0}));
    for second in 0..3 {
        wrote(story, &line, 420_601_000_001, "Adam").await;
        wrote(story, &line, 420_601_000_002, "Berta").await;
        story.clock.advance(Duration::from_secs(second + 1));
    }
    assert_eq!(counts().await, json!({"mine": 0, "waiting": 2, "unread": 2}));
    let sessions = story.api.items("/api/v1/sessions").await;
    browser
        .call("inbox/pick-up", &[("session", &id_of(&sessions[0]))])
        .await
        .ok();
    assert_eq!(counts().await, json!({"mine": 1, "waiting": 1, "unread": 2}));
    let messages = story.messages(&sessions[0]).await;
    let (session, message) = (id_of(&sessions[0]), id_of(&messages[2]));
    let seen = [("session", session.as_str()), ("message", message.as_str())];
    browser.call("inbox/mark-read", &seen).await.ok();
    assert_eq!(counts().await, json!({"mine": 1, "waiting": 1, "unread": 1}));
    browser
        .call("inbox/close", &[("session", &id_of(&sessions[0]))])
        .await
        .ok();
    assert_eq!(counts().await, json!({"mine": 0, "waiting": 1, "unread": 1}));
}

async fn a_name_that_cannot_be_seen_is_a_number(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    for (number, name, label) in [
        (420_601_000_100, "\u{3164}", "+420601000100"),
        (420_601_000_101, "\u{202e}\u{200b}", "+420601000101"),
        (420_601_000_102, "Eva \u{202e}gpj.exe", "Eva gpj.exe"),
    ] {
        wrote(story, &line, number, name).await;
        assert_eq!(found(&admin, &number.to_string()).await, [label]);
    }
}

async fn a_narrowed_list_still_says_which_channel_and_queue(story: &Story) {
    let line = story.support().await;
    let admin = story.admin("admin").await;
    wrote(story, &line, 420_601_000_001, "Adam").await;
    let found = async || {
        let page = page(&admin, &[("tab", "all"), ("search", "adam")]).await;
        assert_eq!(labels(&page["rows"]), ["Adam"]);
        let html = admin.get("/inbox?tab=all&q=adam").await.text;
        (page["several"].clone(), html.contains("class=\"row-place\""))
    };
    let several = |channels: bool, queues: bool| json!({"channels": channels, "queues": queues});
    assert_eq!(found().await, (several(false, false), false));

    let queue = story.staffed("Orders").await;
    assert_eq!(found().await, (several(false, true), true));
    let other = story.channel(&story.app(2), 2, "queue", &queue).await;
    story.connect(&other).await;
    assert_eq!(found().await, (several(true, true), true));
    wrote(story, &other, 420_601_000_002, "Berta").await;
    assert_eq!(found().await, (several(true, true), true));
}
