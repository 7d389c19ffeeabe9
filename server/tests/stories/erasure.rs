//! Erasing a customer, and deleting by rules what has become old.

use crate::{
    content::{echo, post_body},
    costs::{TO, status, told},
    export::unpacked,
    files::pdf,
    stories,
    support::{
        Story,
        files::{PDF, send_file, uploaded},
        http::Answer,
        users::{Browser, PASSWORD},
        world::{Line, delivery, id_of, text_message},
    },
};
use domain::{access::Scope, erasure::Retention};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

stories! {
    nothing_is_left_of_an_erased_customer
    only_administrators_erase_and_they_are_asked_first
    an_erasure_that_broke_off_is_finished
    who_writes_meanwhile_is_lost_to_nobody
    what_could_not_be_applied_goes_with_the_customer
    whoever_looks_meanwhile_sees_no_fault
    without_rules_everything_stays
    a_file_that_another_customer_got_stays
    all_that_is_stored_of_a_customer_is_saved
    merged_contacts_go_together_and_others_forget_their_numbers
    statuses_without_a_message_go_after_ninety_days
}

mod by_rules {
    use super::{messages_go_first_then_sessions_then_contacts, two_that_delete_at_once_leave_nothing};
    use crate::stories;

    stories! {
        with |settings| {
            settings.retention.messages_days = Some(10 * super::super::DAY);
            settings.retention.sessions_days = Some(20 * super::super::DAY);
            settings.retention.contacts_days = Some(9 * super::super::DAY);
        };
        messages_go_first_then_sessions_then_contacts
        two_that_delete_at_once_leave_nothing
    }
}

/// Where something of a customer is stored.
const TABLES: [&str; 17] = [
    "contact_blocks",
    "contact_identities",
    "contact_notes",
    "contact_words",
    "contacts",
    "drafts",
    "file_attempts",
    "files",
    "mentions",
    "message_payloads",
    "message_statuses",
    "messages",
    "outbox",
    "search_entries",
    "session_labels",
    "session_moments",
    "sessions",
];
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn stored(story: &Story) -> BTreeMap<&'static str, i64> {
    let mut rows = BTreeMap::new();
    for table in TABLES {
        rows.insert(table, story.count(table).await);
    }
    rows
}

fn files_on_disk(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder");
    let count = |path: PathBuf| if path.is_dir() { files_on_disk(&path) } else { 1 };
    entries.map(|entry| count(entry.expect("an entry").path())).sum()
}

async fn erase(story: &Story, contact: &str) -> Answer {
    let path = format!("/api/v1/contacts/{contact}");
    story.api.send(story.api.request(Method::DELETE, &path)).await
}

fn contact_of(session: &Value) -> String {
    session["contact"]["id"].as_str().expect("a contact").to_owned()
}

/// The latest session of this number.
async fn session_of(story: &Story, number: &str) -> Value {
    let sessions = story.api.items("/api/v1/sessions?limit=200").await;
    let is_theirs = |row: &&Value| row["contact"]["number"] == number;
    sessions.iter().find(is_theirs).expect("a session").clone()
}

async fn hits(story: &Story, text: &str) -> usize {
    story.api.items(&format!("/api/v1/search?q={text}")).await.len()
}

/// A customer with everything that one can have, in two sessions; the latter one.
async fn with_everything(story: &Story, line: &Line, jana: &Browser) -> Value {
    let customer = story.customer(1);
    story.says(customer, line, "Objednavka first").await;
    let session = session_of(story, "+420800555201").await;
    let mine = [("session", &*id_of(&session))];
    jana.call("inbox/pick-up", &mine).await.ok();
    jana.call("inbox/close", &mine).await.ok();

    story.says(customer, line, "Objednavka second").await;
    let session = session_of(story, "+420800555201").await;
    let id = id_of(&session);
    jana.call("inbox/pick-up", &[("session", &id)]).await.ok();
    story.sends(customer, line, &pdf(), PDF).await;
    let file = uploaded(jana, &session, "cenik.pdf", PDF).await;
    send_file(jana, &session, &file, "Cenik").await;
    story.settled().await;
    story.answers(&session, "Odpoved").await;
    story.settled().await;
    let label = story
        .api
        .post("/api/v1/labels", json!({"name": "Claim"}))
        .await
        .ok();
    for (function, arguments) in [
        ("inbox/note", vec![("text", "@900 zaplaceno?")]),
        ("inbox/draft", vec![("kind", "reply"), ("text", "Dobry den")]),
        (
            "inbox/contact-note",
            vec![("text", "Pays late"), ("version", "0")],
        ),
        ("inbox/contact-name", vec![("name", "Karel")]),
        ("labels/put", vec![("label", &*id_of(&label)), ("on", "true")]),
    ] {
        let arguments = [&[("session", &*id)][..], &arguments].concat();
        jana.call(function, &arguments).await.ok();
    }
    session
}

async fn desk(story: &Story) -> (Line, Browser) {
    let (jana_id, jana) = story.operator("201", "jana").await;
    let (petr_id, _) = story.operator("202", "petr").await;
    story.supervisor("900", "boss").await;
    let queue = story.queue("Support", &[&jana_id, &petr_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    (line, jana)
}

async fn nothing_is_left_of_an_erased_customer(story: &Story) {
    let (line, jana) = desk(story).await;
    story
        .says(story.customer(2), &line, "Objednavka of another")
        .await;
    let (others, on_disk) = (
        stored(story).await,
        files_on_disk(&story.data_dir().join("files")),
    );
    let session = with_everything(story, &line, &jana).await;
    let full = stored(story).await;
    for table in TABLES
        .iter()
        .filter(|table| !["contact_blocks", "outbox", "file_attempts"].contains(table))
    {
        assert!(
            full[table] > others[table],
            "the customer has something in {table}"
        );
    }
    assert_eq!(hits(story, "objednavka").await, 3);

    let extent = erase(story, &contact_of(&session)).await.ok();
    assert_eq!(
        extent,
        json!({"contacts": 1, "sessions": 2, "messages": 5, "files": 2})
    );
    assert_eq!(stored(story).await, others);
    assert_eq!(files_on_disk(&story.data_dir().join("files")), on_disk);
    assert_eq!(hits(story, "objednavka").await, 1);
    assert_eq!(hits(story, "zaplaceno").await, 0);
    let thread = jana.call("inbox/thread", &[("session", &id_of(&session))]).await;
    assert_eq!(thread.status, 404);
    assert_eq!(erase(story, &contact_of(&session)).await.status, 404);

    // Whoever writes from that number is somebody new, and statuses of what was deleted disturb nobody.
    story.settled().await;
    story.says(story.customer(1), &line, "Hello again").await;
    let again = session_of(story, "+420800555201").await;
    assert_ne!(contact_of(&again), contact_of(&session));
    assert_eq!(again["contact"]["label"], "Customer 1");
    assert_eq!(story.messages(&again).await.len(), 1);
    assert!(story.dead_letters().await.is_empty());

    let admin = story.admin("admin").await;
    let log = admin.call("audit/list", &[("form[about]", "contact")]).await.ok();
    let rows: Vec<_> = log["Ok"]["items"].as_array().expect("rows").iter().collect();
    let of = |action: &str| rows.iter().find(|row| row["action"] == action).expect("a row");
    assert_eq!(
        of("contact.erase")["detail"],
        "contacts=1 sessions=2 messages=5 files=2"
    );
    assert_eq!(of("contact.erased")["subject"]["id"], contact_of(&session));
}

async fn only_administrators_erase_and_they_are_asked_first(story: &Story) {
    let (line, jana) = desk(story).await;
    story.says(story.customer(1), &line, "Hello").await;
    let contact = contact_of(&story.session().await);
    let path = format!("/api/v1/contacts/{contact}");
    for scope in [Scope::Read, Scope::Operate] {
        let api = story.api_with(scope).await;
        assert_eq!(api.send(api.request(Method::DELETE, &path)).await.status, 403);
    }
    let (_, boss) = story.supervisor("901", "other").await;
    let sure = [("contact", &*contact), ("sure", "true")];
    for browser in [&jana, &boss] {
        assert_eq!(browser.call("contacts/erase", &sure).await.status, 403);
    }
    let admin = story.admin("admin").await;
    let unsure = admin.call("contacts/erase", &[("contact", &contact)]).await;
    assert_eq!(unsure.status, 422, "{}", unsure.text);
    for nobody in ["", "x", "00000000-0000-7000-8000-000000000000"] {
        let answer = admin
            .call("contacts/erase", &[("contact", nobody), ("sure", "true")])
            .await;
        assert_eq!(answer.status, 404, "{nobody}");
    }
    story.clock.advance(Duration::from_secs(11 * 60));
    assert_eq!(admin.call("contacts/erase", &sure).await.status, 401);
    assert_eq!(story.count("messages").await, 1);
    let mut admin = admin;
    admin.log_in("admin", PASSWORD).await;
    let erased = admin.submit("/inbox", "contacts/erase", &sure).await;
    assert_eq!(erased.header("location"), "/security/audit?about=contact");
    assert_eq!(story.count("messages").await, 0);
}

async fn an_erasure_that_broke_off_is_finished(story: &Story) {
    let (line, jana) = desk(story).await;
    let others = stored(story).await;
    with_everything(story, &line, &jana).await;
    // As after the first transaction.
    story
        .database
        .run(story.data_dir(), "UPDATE contacts SET erased_at = 1")
        .await;
    for table in ["contact_identities", "contact_words", "contact_notes"] {
        story
            .database
            .run(story.data_dir(), &format!("DELETE FROM {table}"))
            .await;
    }
    story.engine.forget().await.expect("a pass");
    assert_eq!(stored(story).await, others);
}

async fn who_writes_meanwhile_is_lost_to_nobody(story: &Story) {
    let (line, _) = desk(story).await;
    let number = "420800555201";
    let says = |n: usize| {
        let text = text_message(number, &format!("wamid.{n}"), &format!("Message {n}"));
        let body = delivery(&line.phone_number_id, number, &[text]);
        story.post_signed(&line.webhook_url, &line.app, body)
    };
    assert_eq!(says(0).await, 200);
    story.settled().await;
    for round in 0..4 {
        let contact = contact_of(&session_of(story, "+420800555201").await);
        let writing = join_all((1..=8).map(|n| says(round * 8 + n)));
        let erasing = join_all((0..4).map(|_| erase(story, &contact)));
        let (written, erased) = tokio::join!(writing, erasing);
        assert!(written.iter().all(|status| *status == 200), "{written:?}");
        let statuses: Vec<_> = erased.iter().map(|answer| answer.status.as_u16()).collect();
        let done = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{statuses:?}");
        assert!(
            statuses.iter().all(|status| [200, 404, 409].contains(status)),
            "{statuses:?}"
        );
        story.settled().await;
        story.engine.forget().await.expect("a pass");
        assert!(story.dead_letters().await.is_empty());
        assert_eq!(says(100 + round).await, 200);
        story.settled().await;
        assert_eq!(story.count("contacts").await, 1);
        assert_eq!(story.count("contact_identities").await, 1);
        assert_eq!(story.count("sessions").await, 1);
        let now = session_of(story, "+420800555201").await;
        assert_ne!(contact_of(&now), contact);
        let messages = story.messages(&now).await;
        assert_eq!(
            messages.last().expect("a message")["text"]["body"],
            format!("Message {}", 100 + round)
        );
    }
}

async fn due(story: &Story, rules: Retention) -> [u64; 4] {
    let due = engine::erasure::due(&story.engine, rules).await.expect("a count");
    [due.sessions, due.messages, due.files, due.contacts]
}

async fn closed(story: &Story) -> (Line, Browser, Value) {
    let (line, jana) = desk(story).await;
    let session = with_everything(story, &line, &jana).await;
    jana.call("inbox/close", &[("session", &id_of(&session))])
        .await
        .ok();
    (line, jana, session)
}

async fn messages_go_first_then_sessions_then_contacts(story: &Story) {
    let rules = Retention {
        sessions: Some(20 * DAY),
        messages: Some(10 * DAY),
        contacts: Some(9 * DAY),
    };
    let (line, _, session) = closed(story).await;
    let full = stored(story).await;
    story.later(9 * DAY).await;
    story.says(story.customer(2), &line, "Open").await;
    let open = stored(story).await;
    let of_others = |table: &str| open[table] - full[table];
    assert_eq!(due(story, rules).await, [0; 4]);
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("messages").await, open["messages"]);

    story.later(2 * DAY).await;
    let [sessions, messages, ..] = due(story, rules).await;
    assert_eq!((sessions, messages), (0, 5));
    story.engine.forget().await.expect("a pass");
    assert_eq!(due(story, rules).await, [0; 4]);
    for table in ["messages", "message_payloads", "message_statuses", "files"] {
        assert_eq!(story.count(table).await, of_others(table), "{table}");
    }
    assert_eq!(story.count("sessions").await, 3);
    assert_eq!(hits(story, "objednavka").await, 0);
    assert_eq!(hits(story, "zaplaceno").await, 1, "a note stays with its session");
    let emptied = story
        .api
        .get(&format!("/api/v1/sessions/{}", id_of(&session)))
        .await
        .ok();
    assert_eq!(emptied["last_message"], Value::Null);
    assert_eq!(emptied["contact"]["label"], "Karel");

    story.later(10 * DAY).await;
    // The other customer's session is open.
    assert_eq!(due(story, rules).await[0], 2);
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("sessions").await, 1);
    assert_eq!(story.count("contacts").await, 2);
    assert_eq!(hits(story, "zaplaceno").await, 0);

    story.later(10 * DAY).await;
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("contacts").await, 1, "the other one has a session");
    assert_eq!(story.count("contact_notes").await, 0);
}

async fn without_rules_everything_stays(story: &Story) {
    closed(story).await;
    let full = stored(story).await;
    story.later(4000 * DAY).await;
    story.engine.forget().await.expect("a pass");
    let now = stored(story).await;
    for table in ["messages", "sessions", "contacts", "session_moments"] {
        assert!(now[table] >= full[table], "{table}");
    }
}

async fn statuses_without_a_message_go_after_ninety_days(story: &Story) {
    let line = story.support().await;
    let session = story.picked_up(&line).await;
    story.answers(&session, "Hello").await;
    story.settled().await;
    let own = story.count("message_statuses").await;
    assert!(own > 0);
    let strays = || story.count("message_statuses WHERE stray_since IS NOT NULL");
    assert_eq!(strays().await, 0);
    let told_of = |wamid: &str| ["sent", "delivered"].map(|word| status(wamid, word, TO, None));
    told(story, &line, &told_of("wamid.another's")).await;
    // What is written on the company's phone may come after its statuses.
    told(story, &line, &told_of("wamid.late")).await;
    assert_eq!(strays().await, 4);
    let now = story.clock.now().millis() / 1000;
    post_body(story, &line, echo(&line, now, "wamid.late", TO, "Until six")).await;

    story.later(89 * DAY).await;
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("message_statuses").await, own + 4);
    story.later(2 * DAY).await;
    story.engine.forget().await.expect("a pass");
    assert_eq!(story.count("message_statuses").await, own + 2);
    assert_eq!(strays().await, 0);
}

async fn a_file_that_another_customer_got_stays(story: &Story) {
    let (line, jana) = desk(story).await;
    let mut sessions = Vec::new();
    for n in [1, 2] {
        story.says(story.customer(n), &line, "Hello").await;
        let session = session_of(story, &format!("+42080055520{n}")).await;
        jana.call("inbox/pick-up", &[("session", &id_of(&session))])
            .await
            .ok();
        sessions.push(session);
    }
    let file = uploaded(&jana, &sessions[0], "cenik.pdf", PDF).await;
    for session in &sessions {
        send_file(&jana, session, &file, "Cenik").await;
    }
    story.settled().await;
    assert_eq!(story.accepted_files().len(), 2);
    erase(story, &contact_of(&sessions[0])).await.ok();
    let message = story.messages(&sessions[1]).await.pop().expect("a message");
    let path = format!("/api/v1/messages/{}/file", id_of(&message));
    assert_eq!(story.api.get(&path).await.status, 200);
    erase(story, &contact_of(&sessions[1])).await.ok();
    assert_eq!(files_on_disk(&story.data_dir().join("files")), 0);
    assert_eq!(story.count("files").await, 0);
}

async fn merged_contacts_go_together_and_others_forget_their_numbers(story: &Story) {
    let (line, _) = desk(story).await;
    for n in 1..=3 {
        story.says(story.customer(n), &line, "Hello").await;
    }
    let [one, two, three] = [1, 2, 3].map(|n| format!("+42080055520{n}"));
    let first = session_of(story, &one).await;
    let (second, third) = (
        contact_of(&session_of(story, &two).await),
        contact_of(&session_of(story, &three).await),
    );
    let merge = async |method: Method, other: &str| {
        let path = format!("/api/v1/sessions/{}/merged-contacts/{other}", id_of(&first));
        story.api.send(story.api.request(method, &path)).await.ok();
    };
    merge(Method::PUT, &third).await;
    merge(Method::DELETE, &third).await;
    merge(Method::PUT, &second).await;
    let of_third = id_of(&session_of(story, &three).await);
    let timeline = format!("/api/v1/sessions/{of_third}/timeline");
    assert!(story.api.get(&timeline).await.text.contains(&one));
    let extent = erase(story, &second).await.ok();
    assert_eq!(
        extent,
        json!({"contacts": 2, "sessions": 2, "messages": 2, "files": 0})
    );
    assert_eq!(story.count("contacts").await, 1);
    let line_of_third = story.api.get(&timeline).await;
    assert!(!line_of_third.text.contains(&one), "{}", line_of_third.text);
}

async fn all_that_is_stored_of_a_customer_is_saved(story: &Story) {
    let (line, jana) = desk(story).await;
    story.says(story.customer(2), &line, "Of another").await;
    let session = with_everything(story, &line, &jana).await;
    let contact = contact_of(&session);
    let path = format!("/api/v1/contacts/{contact}/export");
    for scope in [Scope::Read, Scope::Operate] {
        assert_eq!(story.api_with(scope).await.get(&path).await.status, 403);
    }
    let in_console = format!("/contacts/{contact}/customer.zip");
    assert_eq!(jana.get(&in_console).await.status, 403);
    assert_eq!(Browser::new(story).get(&in_console).await.status, 401);
    let nobody = "/api/v1/contacts/00000000-0000-7000-8000-000000000000/export";
    assert_eq!(story.api.get(nobody).await.status, 404);

    let admin = story.admin("admin").await;
    let answer = admin
        .request(Method::GET, &in_console)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let bytes = answer.bytes().await.expect("a ZIP").to_vec();
    let files = unpacked(bytes);
    let customer: Value = serde_json::from_slice(&files["customer.json"]).expect("JSON");
    assert_eq!(customer["contacts"][0]["number"], "+420800555201");
    assert_eq!(customer["notes"][0]["text"], "Pays late");
    assert_eq!(customer["contacts"][0]["identities"], json!(["420800555201"]));
    let sessions = customer["sessions"].as_array().expect("sessions");
    assert_eq!(sessions.len(), 2);
    let id = id_of(&session);
    assert_eq!(sessions[1], id);
    let text = |name: &str| String::from_utf8(files[name].clone()).expect("text");
    let page = text(&format!("{id}/conversation.html"));
    assert!(
        page.contains("Objednavka second") && page.contains("files/"),
        "{page}"
    );
    let facts = text(&format!("{id}/session.json"));
    assert!(facts.contains("zaplaceno"), "a note is in the timeline: {facts}");
    let messages = text(&format!("{id}/messages.jsonl"));
    let lines: Vec<Value> = messages
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 4);
    let saved = files.iter().filter(|(name, _)| name.contains("/files/"));
    assert!(saved.clone().all(|(_, bytes)| bytes == PDF));
    assert_eq!(saved.count(), 2);
    assert!(
        !files
            .values()
            .any(|bytes| String::from_utf8_lossy(bytes).contains("Of another"))
    );
}

async fn whoever_looks_meanwhile_sees_no_fault(story: &Story) {
    let (line, jana) = desk(story).await;
    let admin = story.admin("admin").await;
    let mut sessions = Vec::new();
    for n in 1..=8 {
        story.says(story.customer(n), &line, "Hello").await;
        sessions.push(session_of(story, &format!("+42080055520{n}")).await);
    }
    let erasing = async {
        for session in &sessions {
            erase(story, &contact_of(session)).await.ok();
        }
    };
    let looking = join_all((0..16).map(async |n| {
        let browser = if n % 2 == 0 { &admin } else { &jana };
        let mut statuses = Vec::new();
        for session in &sessions {
            let id = id_of(session);
            let draft = [("session", &*id), ("kind", "reply"), ("text", "Dobry den")];
            let note = [("session", &*id), ("text", "Pays late"), ("version", "0")];
            for (function, arguments) in [
                ("inbox/list", &[("tab", "all")][..]),
                ("inbox/thread", &[("session", &*id)]),
                ("inbox/draft", &draft),
                ("inbox/contact-note", &note),
                ("inbox/pick-up", &[("session", &*id)]),
                ("inbox/counts", &[]),
            ] {
                let status = browser.call(function, arguments).await.status.as_u16();
                statuses.push((function, status));
            }
        }
        statuses
    }));
    let (statuses, ()) = tokio::join!(looking, erasing);
    let faults: Vec<_> = statuses
        .concat()
        .into_iter()
        .filter(|(_, status)| *status >= 500)
        .collect();
    assert_eq!(faults, []);
    story.engine.forget().await.expect("a pass");
    for table in ["contacts", "sessions", "drafts", "contact_notes", "messages"] {
        assert_eq!(story.count(table).await, 0, "{table}");
    }
}

async fn what_could_not_be_applied_goes_with_the_customer(story: &Story) {
    let (line, _) = desk(story).await;
    for (n, number) in [(1, "420800555201"), (2, "420800555202")] {
        // Without an open session.
        let mut reaction = text_message(number, &format!("wamid.reaction.{n}"), "");
        reaction["type"] = json!("reaction");
        reaction["reaction"] = json!({"message_id": "wamid.unknown", "emoji": "x"});
        let body = delivery(&line.phone_number_id, number, &[reaction]);
        let status = story.post_signed(&line.webhook_url, &line.app, body).await;
        assert_eq!(status, 200);
        story.settled().await;
        story.says(story.customer(n), &line, "Hello").await;
    }
    assert_eq!(story.dead_letters().await.len(), 2);
    let contact = contact_of(&session_of(story, "+420800555201").await);
    erase(story, &contact).await.ok();
    assert_eq!(story.dead_letters().await.len(), 1);
}

async fn two_that_delete_at_once_leave_nothing(story: &Story) {
    let (line, jana) = desk(story).await;
    let number = "420800555201";
    for part in 0..12 {
        let messages: Vec<_> = (0..100)
            .map(|n| text_message(number, &format!("wamid.{part}.{n}"), "Hello"))
            .collect();
        let body = delivery(&line.phone_number_id, number, &messages);
        let status = story.post_signed(&line.webhook_url, &line.app, body).await;
        assert_eq!(status, 200);
    }
    story.settled().await;
    assert_eq!(story.count("messages").await, 1200);
    let session = id_of(&story.session().await);
    for function in ["inbox/pick-up", "inbox/close"] {
        jana.call(function, &[("session", &session)]).await.ok();
    }
    for days in [11, 10] {
        story.later(days * DAY).await;
        let (one, other) = tokio::join!(story.engine.forget(), story.engine.forget());
        one.expect("a pass");
        other.expect("a pass");
        assert_eq!(story.count("messages").await, 0);
    }
    assert_eq!(story.count("sessions").await, 0);
}
