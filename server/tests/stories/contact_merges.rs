//! A customer who writes from several numbers: contacts that are merged, what they share, and that undoing it gives each
//! back its own.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        listener::{Listener, everybody_hears},
        users::Browser,
        world::{Line, id_of},
    },
};
use domain::{
    access::Scope,
    contact_merge::MAX_MERGED,
    event::Change,
    session::{Above, SessionEventKind, Thread},
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

stories! {
    two_numbers_share_name_note_and_history_until_it_is_undone
    whoever_may_not_merge_learns_nothing
    an_operator_reads_of_a_merged_customer_what_they_may_see
    three_numbers_are_one_customer
    of_many_at_once_one_merging_comes
    whom_meta_joins_stays_merged
    open_pages_hear_of_it
    a_script_merges_and_undoes_it
    a_page_without_a_script_merges
}

/// The sessions of these customers, who write one after the other.
async fn written(story: &Story, line: &Line, customers: impl IntoIterator<Item = u32>) -> Vec<Value> {
    let mut sessions = Vec::new();
    for n in customers {
        let known = all(story).await;
        story.says(story.customer(n), line, &format!("Text {n}")).await;
        sessions.push(new_one(story, &known).await);
        story.clock.advance(Duration::from_secs(60));
    }
    sessions
}

async fn all(story: &Story) -> Vec<Value> {
    story.api.items("/api/v1/sessions?limit=200").await
}

async fn new_one(story: &Story, known: &[Value]) -> Value {
    let mut now = all(story).await;
    now.retain(|session| known.iter().all(|other| id_of(other) != id_of(session)));
    assert_eq!(now.len(), 1, "{now:?}");
    now.remove(0)
}

fn contact_of(session: &Value) -> String {
    id_of(&session["contact"])
}

async fn merge(browser: &Browser, session: &Value, with: &Value) -> Answer {
    let (session, contact) = (id_of(session), contact_of(with));
    browser
        .call("contacts/merge", &[("session", &session), ("contact", &contact)])
        .await
}

async fn undo(browser: &Browser, session: &Value, with: &Value) -> Answer {
    let (session, contact) = (id_of(session), contact_of(with));
    browser
        .call(
            "contacts/separate",
            &[("session", &session), ("contact", &contact)],
        )
        .await
}

async fn open(browser: &Browser, session: &Value) -> Thread {
    let session = id_of(session);
    let answer = browser.call("inbox/thread", &[("session", &session)]).await;
    serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

async fn above(browser: &Browser, session: &Value, cursor: &str) -> Answer {
    let session = id_of(session);
    let arguments = [("session", session.as_str()), ("cursor", cursor)];
    browser.call("inbox/thread-above", &arguments).await
}

/// The thread's texts, read to the first one.
async fn texts(browser: &Browser, session: &Value) -> Vec<String> {
    let mut thread = open(browser, session).await;
    while let Some(cursor) = thread.above.clone() {
        let read: Above =
            serde_json::from_value(above(browser, session, &cursor).await.ok()).expect("a page");
        thread.put_above(read);
    }
    let earlier = thread.earlier.into_iter().flat_map(|stretch| stretch.messages);
    let all = earlier.chain(thread.messages);
    all.filter_map(|message| message.text).collect()
}

/// The numbers of those with whom the session's contact is merged.
async fn merged_with(browser: &Browser, session: &Value) -> BTreeSet<String> {
    let merged = open(browser, session).await.merged.contacts;
    merged
        .into_iter()
        .filter_map(|other| other.contact.number)
        .collect()
}

fn numbers<'all>(of: impl IntoIterator<Item = &'all Value>) -> BTreeSet<String> {
    let number = |session: &Value| session["contact"]["number"].as_str().map(str::to_owned);
    of.into_iter().filter_map(number).collect()
}

async fn label(story: &Story, session: &Value) -> Value {
    let row = story
        .api
        .get(&format!("/api/v1/sessions/{}", id_of(session)))
        .await;
    row.ok()["contact"]["label"].clone()
}

async fn rename(browser: &Browser, session: &Value, name: &str) {
    let session = id_of(session);
    let arguments = [("session", session.as_str()), ("name", name)];
    browser.call("inbox/contact-name", &arguments).await.ok();
}

async fn note(browser: &Browser, session: &Value, text: &str) {
    let version = open(browser, session).await.contact_note.version.to_string();
    let session = id_of(session);
    let arguments = [
        ("session", session.as_str()),
        ("text", text),
        ("version", &version),
    ];
    browser.call("inbox/contact-note", &arguments).await.ok();
}

/// How many sessions a search for their customer finds.
async fn found(browser: &Browser, text: &str) -> usize {
    let arguments = [("tab", "all"), ("search", text)];
    let page = browser.call("inbox/list", &arguments).await.ok();
    page["value"]["rows"]["items"].as_array().expect("rows").len()
}

/// What the thread tells of merging: who, what, and with whom.
async fn told(browser: &Browser, session: &Value) -> Vec<(SessionEventKind, Option<String>, Option<String>)> {
    use SessionEventKind::{ContactMerged, ContactSeparated};
    let timeline = open(browser, session).await.timeline.into_iter();
    let told = timeline.filter(|event| matches!(event.what, ContactMerged | ContactSeparated));
    told.map(|event| (event.what, event.who, event.reason)).collect()
}

async fn two_numbers_share_name_note_and_history_until_it_is_undone(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2]).await;
    let [work, private] = &sessions[..] else {
        unreachable!()
    };
    rename(&jana, work, "Truhlářství").await;
    note(&jana, work, "Pays late.").await;
    rename(&jana, private, "Neznámý").await;
    note(&jana, private, "Who is this?").await;

    merge(&boss, work, private).await.ok();
    // Once more is nothing more, from either side.
    merge(&boss, work, private).await.ok();
    merge(&boss, private, work).await.ok();
    for session in [work, private] {
        assert_eq!(label(story, session).await, "Truhlářství");
        assert_eq!(open(&jana, session).await.contact_note.text, "Pays late.");
    }
    assert_eq!(
        (found(&jana, "truhlarstvi").await, found(&jana, "neznamy").await),
        (2, 0)
    );
    assert_eq!(texts(&jana, private).await, ["Text 1", "Text 2"]);
    assert_eq!(texts(&jana, work).await, ["Text 1"]);
    let past = open(&jana, private).await.past;
    let past: Vec<_> = past.iter().map(|past| past.id.to_string()).collect();
    assert_eq!(past, [id_of(work)]);
    let merged = open(&jana, work).await.merged;
    assert!(!merged.may_change && !merged.contacts[0].main);
    assert_eq!(
        merged.contacts[0].session.map(|id| id.to_string()),
        Some(id_of(private))
    );
    let merged = open(&boss, private).await.merged;
    assert!(merged.may_change && merged.contacts[0].main);
    assert_eq!(merged_with(&boss, private).await, numbers([work]));
    let number = |session: &Value| session["contact"]["number"].as_str().map(str::to_owned);
    let merging = |with| {
        (
            SessionEventKind::ContactMerged,
            Some("Supervisor 900".to_owned()),
            number(with),
        )
    };
    assert_eq!(told(&jana, work).await, [merging(private)]);
    assert_eq!(told(&jana, private).await, [merging(work)]);

    // What is written about one is written about both, and an answer goes to the number of its session.
    rename(&jana, private, "Truhlářství Malá").await;
    note(&jana, private, "Pays now.").await;
    assert_eq!(label(story, work).await, "Truhlářství Malá");
    assert_eq!(found(&jana, "mala").await, 2);
    assert_eq!(open(&jana, work).await.contact_note.text, "Pays now.");
    let pick_up = format!("/api/v1/sessions/{}/pick-up", id_of(private));
    story.api.post(&pick_up, json!({"extension": "301"})).await.ok();
    story.answers(private, "Hello").await;
    story.settled().await;
    let sent = story.meta.sent_messages();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0]
            .to
            .as_deref()
            .map(|to| format!("+{}", to.trim_start_matches('+'))),
        number(private)
    );
    // What the customer calls themselves changes no name of ours, also from the other number.
    story.says(story.customer(2), &line, "Text 3").await;
    assert_eq!(label(story, private).await, "Truhlářství Malá");
    assert_eq!(found(&jana, "mala").await, 2);

    undo(&boss, private, work).await.ok();
    undo(&boss, private, work).await.ok();
    assert_eq!(label(story, work).await, "Truhlářství Malá");
    assert_eq!(label(story, private).await, "Neznámý");
    assert_eq!(
        (found(&jana, "mala").await, found(&jana, "neznamy").await),
        (1, 1)
    );
    assert_eq!(open(&jana, work).await.contact_note.text, "Pays now.");
    assert_eq!(open(&jana, private).await.contact_note.text, "Who is this?");
    assert_eq!(texts(&jana, private).await, ["Text 2", "Hello", "Text 3"]);
    for session in [work, private] {
        assert!(open(&boss, session).await.merged.contacts.is_empty());
        assert_eq!(told(&jana, session).await.len(), 2);
    }
    assert!(open(&jana, private).await.past.is_empty());
}

async fn whoever_may_not_merge_learns_nothing(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2]).await;
    let [one, other] = &sessions[..] else {
        unreachable!()
    };
    let nothing = "00000000-0000-7000-8000-000000000000";
    let nobody = json!({"id": nothing, "contact": {"id": nothing}});
    for with in [other, one, &nobody] {
        assert_eq!(merge(&jana, one, with).await.status, 403);
        assert_eq!(undo(&jana, one, with).await.status, 403);
    }
    let find = async |browser: &Browser, session: &Value, text: &str| {
        let session = id_of(session);
        let arguments = [("session", session.as_str()), ("search", text)];
        browser.call("contacts/find", &arguments).await
    };
    assert_eq!(find(&jana, one, "customer").await.status, 403);
    assert_eq!(find(&boss, &nobody, "customer").await.status, 404);
    let hits = find(&boss, one, "customer").await.ok();
    let hits: Vec<_> = hits
        .as_array()
        .expect("contacts")
        .iter()
        .map(|hit| id_of(&hit["contact"]))
        .collect();
    assert_eq!(hits, [contact_of(other)], "all but the contact itself");
    let number = other["contact"]["number"].as_str().expect("a number");
    assert_eq!(
        find(&boss, one, number).await.ok().as_array().map(Vec::len),
        Some(1)
    );
    for text in ["", " ", "nobody"] {
        assert_eq!(find(&boss, one, text).await.ok(), json!([]), "{text:?}");
    }

    assert_eq!(merge(&boss, one, one).await.status, 422, "with itself");
    assert_eq!(merge(&boss, one, &nobody).await.status, 404);
    assert_eq!(merge(&boss, &nobody, one).await.status, 404);
    assert_eq!(undo(&boss, one, &nobody).await.status, 404);
    undo(&boss, one, other).await.ok();
    undo(&boss, one, one).await.ok();
    let id = id_of(one);
    for (contact, status) in [("", 422), ("x", 404), ("'; DROP TABLE contacts", 404)] {
        let arguments = [("session", id.as_str()), ("contact", contact)];
        assert_eq!(
            boss.call("contacts/merge", &arguments).await.status,
            status,
            "{contact}"
        );
    }
    for session in [one, other] {
        assert!(told(&boss, session).await.is_empty());
        assert!(open(&boss, session).await.merged.contacts.is_empty());
    }
}

async fn an_operator_reads_of_a_merged_customer_what_they_may_see(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (petrs, petr) = story.operator("302", "petr").await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let other_line = story.channel(&story.app(2), 2, "extension", &petrs).await;
    story.connect(&other_line).await;
    let petrs = written(story, &other_line, [1]).await.remove(0);
    let janas = written(story, &line, [2]).await.remove(0);
    merge(&boss, &janas, &petrs).await.ok();

    assert_eq!(texts(&boss, &janas).await, ["Text 1", "Text 2"]);
    assert_eq!(texts(&jana, &janas).await, ["Text 2"], "a colleague's session");
    let thread = open(&jana, &janas).await;
    assert!(thread.past.is_empty() && thread.above.is_none());
    assert_eq!(thread.merged.contacts.len(), 1);
    assert_eq!(thread.merged.contacts[0].session, None);
    assert_eq!(above(&jana, &janas, &id_of(&petrs)).await.status, 404);
    assert_eq!(above(&boss, &janas, &id_of(&petrs)).await.status, 200);
    assert!(open(&petr, &petrs).await.merged.contacts[0].session.is_none());
    let page = jana.get(&format!("/inbox/{}?tab=all", id_of(&janas))).await.text;
    assert!(!page.contains(&id_of(&petrs)), "{page}");

    // After it, the cursor leads nowhere for anybody.
    undo(&boss, &janas, &petrs).await.ok();
    assert_eq!(above(&boss, &janas, &id_of(&petrs)).await.status, 404);
    assert_eq!(texts(&boss, &janas).await, ["Text 2"]);
}

async fn three_numbers_are_one_customer(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, 1..=4).await;
    let [one, two, three, four] = &sessions[..] else {
        unreachable!()
    };
    rename(&jana, one, "Eva").await;
    rename(&jana, three, "Iva").await;
    // Two pairs become one: whoever points to somebody points to the main contact.
    merge(&boss, one, two).await.ok();
    merge(&boss, three, four).await.ok();
    assert_eq!(label(story, four).await, "Iva");
    merge(&boss, two, four).await.ok();
    for session in [one, two, three, four] {
        assert_eq!(label(story, session).await, "Eva");
        let others = sessions.iter().filter(|other| id_of(other) != id_of(session));
        assert_eq!(merged_with(&jana, session).await, numbers(others));
    }
    assert_eq!((found(&jana, "eva").await, found(&jana, "iva").await), (4, 0));
    assert_eq!(texts(&jana, four).await, ["Text 1", "Text 2", "Text 3", "Text 4"]);
    // One leaves, seen from another; then one leaves the main contact.
    undo(&boss, four, three).await.ok();
    assert_eq!(label(story, three).await, "Iva");
    assert!(merged_with(&jana, three).await.is_empty());
    assert_eq!(merged_with(&jana, four).await, numbers([one, two]));
    undo(&boss, four, one).await.ok();
    assert!(merged_with(&jana, four).await.is_empty());
    assert_eq!(merged_with(&jana, one).await, numbers([two]));
    assert_eq!(texts(&jana, four).await, ["Text 4"]);

    let more = written(story, &line, 5..=12).await;
    for other in more.iter().take(MAX_MERGED - 2) {
        merge(&boss, one, other).await.ok();
    }
    let last = four;
    let refused = merge(&boss, one, last).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert_eq!(merge(&boss, last, one).await.status, 422);
    assert_eq!(merged_with(&jana, one).await.len(), MAX_MERGED - 1);
}

async fn of_many_at_once_one_merging_comes(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2]).await;
    let [one, other] = &sessions[..] else {
        unreachable!()
    };
    let both = |n: usize| {
        if n.is_multiple_of(2) {
            (one, other)
        } else {
            (other, one)
        }
    };
    let boss = &boss;
    for answer in join_all((0..16).map(|n| merge(boss, both(n).0, both(n).1))).await {
        answer.ok();
    }
    assert_eq!(merged_with(boss, one).await, numbers([other]));
    assert_eq!(merged_with(boss, other).await, numbers([one]));
    for session in [one, other] {
        assert_eq!(told(boss, session).await.len(), 1);
    }
    for answer in join_all((0..16).map(|n| undo(boss, both(n).0, both(n).1))).await {
        answer.ok();
    }
    for session in [one, other] {
        assert!(merged_with(boss, session).await.is_empty());
        assert_eq!(told(boss, session).await.len(), 2);
    }
    // A ring of them: each ends in one customer.
    let sessions = written(story, &line, 3..=6).await;
    let ring = (0..16).map(|n| merge(boss, &sessions[n % 4], &sessions[(n + 1) % 4]));
    for answer in join_all(ring).await {
        answer.ok();
    }
    for session in &sessions {
        assert_eq!(merged_with(boss, session).await.len(), 3);
    }
}

/// Two contacts that Meta joins afterwards, the older one first, and others.
async fn two_of_one(story: &Story, line: &Line, n: u32) -> (Value, Value) {
    let (number, user) = (format!("42060100000{n}"), format!("CZ.{n}"));
    let known = all(story).await;
    story
        .is_known_as(line, &format!("wamid.a{n}"), Some(&number), None)
        .await;
    story.settled().await;
    let older = new_one(story, &known).await;
    let known = all(story).await;
    story
        .is_known_as(line, &format!("wamid.b{n}"), None, Some(&user))
        .await;
    story.settled().await;
    (older, new_one(story, &known).await)
}

async fn joins(story: &Story, line: &Line, n: u32) {
    let (number, user) = (format!("42060100000{n}"), format!("CZ.{n}"));
    story
        .is_known_as(line, &format!("wamid.c{n}"), Some(&number), Some(&user))
        .await;
    story.settled().await;
    let dead = story.api.items("/api/v1/deliveries/dead").await;
    assert!(dead.is_empty(), "{dead:?}");
}

async fn whom_meta_joins_stays_merged(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, 1..=4).await;
    let [first, second, third, fourth] = &sessions[..] else {
        unreachable!()
    };
    let contacts = async |session: &Value| -> BTreeSet<String> {
        let merged = open(&boss, session).await.merged.contacts;
        merged.iter().map(|other| other.contact.id.to_string()).collect()
    };
    let of = |sessions: &[&Value]| -> BTreeSet<String> {
        sessions.iter().map(|session| contact_of(session)).collect()
    };
    // The one that goes is the main contact of another one.
    let (older, newer) = two_of_one(story, &line, 1).await;
    merge(&boss, &newer, first).await.ok();
    joins(story, &line, 1).await;
    assert_eq!(contacts(first).await, of(&[&older]));
    assert_eq!(contacts(&older).await, of(&[first]));
    // It points to another one.
    let (older, newer) = two_of_one(story, &line, 2).await;
    merge(&boss, second, &newer).await.ok();
    joins(story, &line, 2).await;
    assert_eq!(contacts(second).await, of(&[&older]));
    assert_eq!(contacts(&older).await, of(&[second]));
    // The two point to each other, in either direction: nobody points to themselves.
    for (n, goes_points) in [(3, true), (4, false)] {
        let (older, newer) = two_of_one(story, &line, n).await;
        let (main, other) = if goes_points {
            (&older, &newer)
        } else {
            (&newer, &older)
        };
        merge(&boss, main, other).await.ok();
        let with = if goes_points { third } else { fourth };
        merge(&boss, main, with).await.ok();
        joins(story, &line, n).await;
        assert_eq!(contacts(with).await, of(&[&older]));
        assert_eq!(contacts(&older).await, of(&[with]));
    }
    // Both are merged with somebody else: all of them are one customer.
    let (older, newer) = two_of_one(story, &line, 5).await;
    let more = written(story, &line, 5..=6).await;
    rename(&boss, &more[0], "Ludmila").await;
    merge(&boss, &more[0], &older).await.ok();
    merge(&boss, &more[1], &newer).await.ok();
    joins(story, &line, 5).await;
    assert_eq!(contacts(&older).await, of(&[&more[0], &more[1]]));
    assert_eq!(contacts(&more[1]).await, of(&[&older, &more[0]]));
    assert_eq!(label(story, &more[1]).await, "Ludmila");
    assert_eq!(
        found(&boss, "ludmila").await,
        4,
        "with the session whose messages went into another"
    );
    // And it can be undone.
    undo(&boss, &more[1], &older).await.ok();
    assert!(contacts(&older).await.is_empty());
    assert_eq!(contacts(&more[1]).await, of(&[&more[0]]));
}

async fn open_pages_hear_of_it(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2]).await;
    let [one, other] = &sessions[..] else {
        unreachable!()
    };
    rename(&boss, one, "Eva").await;
    story.settled().await;
    let before = open(&jana, one).await;
    let mut heard = Listener::open(story, jana).await;
    let steps = [(50, true, 2), (51, true, 0), (52, false, 2), (53, false, 0)];
    for (number, merges, told) in steps {
        heard.changes.clear();
        match merges {
            true => merge(&boss, one, other).await.ok(),
            false => undo(&boss, one, other).await.ok(),
        };
        everybody_hears(story, number, [&mut heard].into_iter()).await;
        let changed: BTreeSet<_> = heard
            .changes
            .iter()
            .filter_map(|event| match event.change {
                Change::Session { session } => Some(session.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(changed.len(), told, "{changed:?}");
        let rows = heard
            .changes
            .iter()
            .filter_map(|event| event.inbox.as_ref()?.row.as_ref());
        let named = rows
            .filter(|row| row.contact.alias.as_deref() == Some("Eva"))
            .count();
        assert_eq!(named, if merges { told } else { told / 2 });
        // An open thread that takes the event in knows that it has to be read again.
        let mut thread = before.clone();
        for event in &heard.changes {
            if let (Change::Session { session }, Some(brought)) = (&event.change, &event.inbox)
                && *session == thread.session.id
            {
                assert!(thread.follow(&event.change, brought));
            }
        }
    }
}

async fn a_script_merges_and_undoes_it(story: &Story) {
    let (line, _) = story.desk_of_one().await;
    let sessions = written(story, &line, [1, 2]).await;
    let [one, other] = &sessions[..] else {
        unreachable!()
    };
    let all = format!("/api/v1/sessions/{}/merged-contacts", id_of(one));
    let path = format!("{all}/{}", contact_of(other));
    let call = async |api: &Api, method: Method, path: &str| api.send(api.request(method, path)).await;
    let reader = story.api_with(Scope::Read).await;
    let operator = story.api_with(Scope::Operate).await;
    assert_eq!(reader.get(&all).await.ok(), json!({"contacts": []}));
    for method in [Method::PUT, Method::DELETE] {
        assert_eq!(call(&reader, method, &path).await.status, 403);
    }
    let merged = call(&operator, Method::PUT, &path).await.ok();
    assert_eq!(merged["contacts"][0]["contact"]["id"], contact_of(other));
    assert_eq!(merged["contacts"][0]["main"], false);
    assert_eq!(merged["contacts"][0]["session"], id_of(other));
    assert_eq!(reader.get(&all).await.ok(), merged);
    assert_eq!(call(&operator, Method::PUT, &path).await.ok(), merged);
    for wrong in ["x", "00000000-0000-7000-8000-000000000000"] {
        let path = format!("{all}/{wrong}");
        assert_eq!(call(&operator, Method::PUT, &path).await.status, 404, "{wrong}");
    }
    let itself = format!("{all}/{}", contact_of(one));
    assert_eq!(call(&operator, Method::PUT, &itself).await.status, 422);
    for _ in 0..2 {
        let left = call(&operator, Method::DELETE, &path).await.ok();
        assert_eq!(left, json!({"contacts": []}));
    }
}

async fn a_page_without_a_script_merges(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2]).await;
    let [one, other] = &sessions[..] else {
        unreachable!()
    };
    let at = format!("/inbox/{}?tab=all", id_of(one));
    let page = boss.get(&format!("{at}&step=merge&who=customer+2")).await.text;
    let radio = |page: &str| page.contains(&format!("value=\"{}\"", contact_of(other)));
    assert!(radio(&page), "{page}");
    let page = boss.get(&format!("{at}&step=merge&who=nobody")).await.text;
    assert!(!radio(&page) && page.contains("Nobody"), "{page}");
    // Whoever may not merge gets no form for it.
    let page = jana.get(&format!("{at}&step=merge&who=customer+2")).await.text;
    assert!(!radio(&page) && !page.contains("contacts/merge"), "{page}");

    merge(&boss, one, other).await.ok();
    for (browser, undoes) in [(&boss, true), (&jana, false)] {
        let page = browser.get(&at).await.text;
        let (_, details) = page.split_once("<aside").expect("the details");
        assert!(details.contains(&format!("/inbox/{}", id_of(other))), "{details}");
        assert_eq!(details.contains("contacts/separate"), undoes, "{details}");
    }
}

stories! {
    with |settings| settings.security.mask_numbers = true;
    the_numbers_of_merged_contacts_are_masked
}

async fn the_numbers_of_merged_contacts_are_masked(story: &Story) {
    let (line, jana) = story.desk_of_one().await;
    let (_, boss) = story.supervisor("900", "boss").await;
    let sessions = written(story, &line, [1, 2, 3]).await;
    let [one, two, three] = &sessions[..] else {
        unreachable!()
    };
    // A name of ours with a number in it is shared, too.
    rename(&boss, one, "Karel +420 800 555 201").await;
    merge(&boss, one, two).await.ok();
    merge(&boss, one, three).await.ok();
    undo(&boss, one, three).await.ok();
    for session in [one, two] {
        let id = id_of(session);
        let thread = jana.call("inbox/thread", &[("session", &id)]).await.text;
        let page = jana.get(&format!("/inbox/{id}?tab=all")).await.text;
        let list = jana.call("inbox/list", &[("tab", "all")]).await.text;
        for text in [thread, page, list] {
            let digits: String = text
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '\u{a0}')
                .collect();
            assert!(!digits.contains("80055520"), "{text}");
        }
        assert!(!told(&jana, session).await.is_empty());
        let merged = merged_with(&jana, session).await;
        assert!(
            !merged.is_empty() && merged.iter().all(|number| number.starts_with("•••")),
            "{merged:?}"
        );
        assert!(
            merged_with(&boss, session)
                .await
                .iter()
                .all(|number| number.starts_with("+420800555"))
        );
    }
}
