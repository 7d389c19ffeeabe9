//! Live updates.

use crate::{
    stories,
    support::{
        Story,
        events::{Events, SOON},
        users::{Browser, PASSWORD},
        world::id_of,
    },
};
use futures::future::join_all;
use reqwest::{Method, Response};
use serde_json::json;
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::timeout;

stories! {
    two_hundred_streams_hear_of_a_message
    a_stream_goes_on_where_it_broke_off
    what_is_no_longer_kept_is_read_again
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_what_is_theirs_to_see() {
    let story = Story::on_sqlite().await;
    let ((jana_id, jana), (_, petr)) = (
        story.operator("201", "jana").await,
        story.operator("202", "petr").await,
    );
    let queue = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.settled().await;
    let (mut janas, mut petrs) = (Events::open(&jana).await, Events::open(&petr).await);
    let (to_jana, to_petr) = (janas.hello().await, petrs.hello().await);
    assert_ne!(to_jana["user"], to_petr["user"]);
    // That Jana is there is an event, too.
    assert!(to_jana["number"].as_u64() <= to_petr["number"].as_u64());

    story.says(story.customer(1), &line, "Hello").await;
    let event = janas.until("message").await;
    let session = id_of(&story.session().await);
    assert_eq!(event["session"], session);
    assert_eq!(event["inbound"], true);
    assert!(event["number"].as_u64().expect("a number") > 0);

    // Petr is no member: the next event that he gets is one for everybody.
    story
        .api
        .post("/api/v1/extensions", json!({"number": "203", "name": "New"}))
        .await
        .ok();
    loop {
        let event = petrs.next().await.expect("an event");
        assert_ne!(event["session"], json!(session), "{event}");
        if event["change"] == "directory" {
            break;
        }
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_loses_a_session_hears_of_it() {
    let story = Story::on_sqlite().await;
    let ((jana_id, jana), (petr_id, petr)) = (
        story.operator("201", "jana").await,
        story.operator("202", "petr").await,
    );
    let line = story.channel(&story.app(1), 1, "extension", &jana_id).await;
    story.connect(&line).await;
    story.says(story.customer(1), &line, "Hello").await;
    let session = id_of(&story.session().await);
    let (mut janas, mut petrs) = (Events::open(&jana).await, Events::open(&petr).await);
    let path = format!("/api/v1/sessions/{session}/transfer");
    let to = json!({"to": {"type": "extension", "id": petr_id}});
    story.api.post(&path, to).await.ok();
    for events in [&mut janas, &mut petrs] {
        assert_eq!(events.until("session").await["session"], session);
    }
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_log_in_and_with_the_server() {
    let story = Story::with(|settings| settings.http.stream_check_seconds = Duration::from_millis(100)).await;
    let (here, there) = (story.admin("here").await, story.admin("there").await);
    let (mut ended, mut open) = (Events::open(&here).await, Events::open(&there).await);
    ended.hello().await;
    open.hello().await;

    here.call("auth/log-out", &[]).await;
    assert_eq!(ended.next().await, None);
    let left = tokio::spawn(async move { open.next().await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!left.is_finished(), "the other one stays");
    story.end().await;
    assert_eq!(left.await.expect("no panic"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_only_so_many_streams() {
    let story = Story::with(|settings| settings.http.streams_per_user = 2).await;
    let browser = story.admin("admin").await;
    let first = Events::open(&browser).await;
    let _second = Events::open(&browser).await;
    let mut elsewhere = Browser::new(&story);
    elsewhere.log_in("admin", PASSWORD).await;
    let open = || answer(&elsewhere);
    let refused = open().await;
    assert_eq!(refused.status(), 429, "in another browser, too");
    assert_eq!(refused.headers()["retry-after"], "30");
    assert_eq!(answer(&story.admin("other").await).await.status(), 200);

    drop(first);
    let room = async {
        loop {
            let answer = open().await;
            if answer.status() == 200 {
                return answer;
            }
            // The server notices a closed connection when it writes.
            engine_says_something(&story).await;
        }
    };
    let _third = timeout(SOON, room).await.expect("a closed stream makes room");
    assert_eq!(open().await.status(), 429, "for one");
    story.end().await;
}

async fn engine_says_something(story: &Story) {
    static NEXT: AtomicU32 = AtomicU32::new(900);
    story
        .extension(&NEXT.fetch_add(1, Ordering::Relaxed).to_string())
        .await;
}

async fn answer(browser: &Browser) -> Response {
    browser
        .request(Method::GET, "/events")
        .send()
        .await
        .expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_has_only_so_many_streams() {
    let story = Story::with(|settings| settings.http.streams = 2).await;
    let first = Events::open(&story.admin("first").await).await;
    let _second = Events::open(&story.admin("second").await).await;
    let third = story.admin("third").await;
    let refused = answer(&third).await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "30");
    drop(first);
    let room = async {
        while answer(&third).await.status() != 200 {
            engine_says_something(&story).await;
        }
    };
    timeout(SOON, room).await.expect("a closed stream makes room");
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_between_may_hold_a_stream_back() {
    let story = Story::on_sqlite().await;
    let browser = story.admin("admin").await;
    let request = browser
        .request(Method::GET, "/events")
        .header("accept-encoding", "gzip, br, zstd")
        .header("accept", "*/*");
    let answer = request.send().await.expect("an answer");
    let header = |name: &str| {
        answer
            .headers()
            .get(name)
            .map(|value| value.to_str().expect("text"))
    };
    assert_eq!(header("x-accel-buffering"), Some("no"), "nginx");
    assert_eq!(
        header("cache-control"),
        Some("no-cache, no-transform"),
        "whatever compresses"
    );
    assert_eq!(header("content-encoding"), None);
    assert_eq!(header("content-type"), Some("text/event-stream; charset=utf-8"));
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_says_that_it_is_alive() {
    let story = Story::on_sqlite().await;
    let mut events = Events::open(&story.admin("admin").await).await;
    events.hello().await;
    let twice = async {
        events.named("ping").await;
        events.named("ping").await;
    };
    timeout(2 * domain::event::PING_EVERY + Duration::from_secs(1), twice)
        .await
        .expect("two pings");
    assert!(
        domain::event::SILENCE > 2 * domain::event::PING_EVERY,
        "one may be late"
    );
    story.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_tells_from_which_event_on_it_has_to_listen() {
    let story = Story::on_sqlite().await;
    let browser = story.admin("admin").await;
    let drawn = async || {
        let page = browser.get("/inbox").await.text;
        // The page holds the JSON as a string, so its quotes are escaped once.
        let (_, rest) = page
            .split_once("{\\\"number\\\":")
            .expect("a position in the page");
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        number.parse::<u64>().expect("a number")
    };
    let before = drawn().await;
    let hello = Events::open(&browser).await.hello().await;
    assert_eq!(json!(before), hello["number"]);
    engine_says_something(&story).await;
    story.engine.settled().await;
    assert!(drawn().await > before);
    story.end().await;
}

/// Ten browsers for each of twenty users.
async fn two_hundred_streams_hear_of_a_message(story: &Story) {
    let mut people = Vec::new();
    let mut ids = Vec::new();
    for n in 0..20 {
        let (id, person) = story.operator(&format!("3{n:02}"), &format!("person{n}")).await;
        people.push(person);
        ids.push(id);
    }
    let members: Vec<_> = ids.iter().map(String::as_str).collect();
    let queue = story.queue("Everybody", &members).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;

    let open = people
        .iter()
        .flat_map(|person| std::iter::repeat_n(person, 10))
        .map(Events::open);
    let mut streams = join_all(open).await;
    join_all(streams.iter_mut().map(Events::hello)).await;
    story.says(story.customer(1), &line, "Hello").await;
    let heard = join_all(streams.iter_mut().map(|events| events.until("message"))).await;
    let session = id_of(&story.session().await);
    assert_eq!(heard.len(), 200);
    assert!(heard.iter().all(|event| event["session"] == session));

    // The console still answers while they listen.
    let pages = join_all(people.iter().map(|person| person.get("/inbox"))).await;
    assert!(pages.iter().all(|page| page.status == 200));
    drop(streams);
}

async fn a_stream_goes_on_where_it_broke_off(story: &Story) {
    let ((jana_id, jana), (_, petr)) = (
        story.operator("201", "jana").await,
        story.operator("202", "petr").await,
    );
    let queue = story.queue("Support", &[&jana_id]).await;
    let line = story.channel(&story.app(1), 1, "queue", &queue).await;
    story.connect(&line).await;
    story.settled().await;
    let before = Events::open(&jana).await.hello().await["number"]
        .as_u64()
        .expect("a number");

    story.says(story.customer(1), &line, "Hello").await;
    story.says(story.customer(2), &line, "Good day").await;
    story.settled().await;
    engine_says_something(story).await;
    story.settled().await;

    // By the query, as the console's page does, and by the header, as browsers do when they reconnect on their own.
    let by_header = jana
        .request(Method::GET, "/events")
        .header("last-event-id", before.to_string());
    let by_header = by_header.send().await.expect("an answer");
    for mut again in [Events::after(&jana, before).await, Events::of(by_header)] {
        assert_eq!(again.hello().await["number"], json!(before));
        let mut last = before;
        let mut told = Vec::new();
        while !told.contains(&"directory".to_owned()) {
            let event = again.next().await.expect("an event");
            let number = event["number"].as_u64().expect("a number");
            assert!(number > last, "in their order, each once: {number} after {last}");
            last = number;
            told.push(event["change"].as_str().expect("a word").to_owned());
        }
        let messages = told.iter().filter(|change| *change == "message").count();
        assert_eq!(messages, 2, "{told:?}");
        // New events follow.
        story.says(story.customer(1), &line, "Are you there?").await;
        assert!(again.until("message").await["number"].as_u64().expect("a number") > last);
    }

    // Petr is no member, and does not get these events later either.
    let mut petrs = Events::after(&petr, before).await;
    petrs.hello().await;
    loop {
        let event = petrs.next().await.expect("an event");
        assert_eq!(event["session"], json!(null), "{event}");
        if event["change"] == "directory" {
            break;
        }
    }
}

async fn what_is_no_longer_kept_is_read_again(story: &Story) {
    let admin = story.admin("admin").await;
    engine_says_something(story).await;
    story.settled().await;
    let old = Events::open(&admin).await.hello().await["number"]
        .as_u64()
        .expect("a number");
    for _ in 0..3 {
        engine_says_something(story).await;
    }
    story.later(Duration::from_secs(25 * 60 * 60)).await;
    story.engine.forget().await.expect("the old events are deleted");
    assert!(story.count("events").await < 4, "the newest stay");
    // The first log-in has expired.
    let admin = story.admin("another").await;

    for unknown in [old, old + 1_000_000] {
        let mut again = Events::after(&admin, unknown).await;
        let newest = again.hello().await["number"].as_u64().expect("a number");
        assert!(newest > old && newest < old + 1_000_000);
        assert_eq!(again.next().await.expect("an event")["change"], "resync");
    }
    // The numbers continue.
    let mut stream = Events::open(&admin).await;
    let newest = stream.hello().await["number"].as_u64();
    engine_says_something(story).await;
    assert!(stream.until("directory").await["number"].as_u64() > newest);
    // An unparsable number is refused with 400; it is no internal error.
    let nonsense = admin.request(Method::GET, "/events?after=x").send().await;
    assert_eq!(nonsense.expect("an answer").status(), 400);
}
