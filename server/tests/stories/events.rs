//! Live updates.

use crate::support::{
    Story,
    people::{Browser, PASSWORD},
    world::id_of,
};
use futures::{Stream, StreamExt as _};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::{
    pin::Pin,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(5);

/// An open stream of events.
struct Events(Pin<Box<dyn Stream<Item = String> + Send>>);

impl Events {
    async fn open(browser: &Browser) -> Self {
        let response = browser
            .request(Method::GET, "/events")
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(Box::pin(lines(response)))
    }

    /// The next event's data; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let line = timeout(SOON, self.0.next()).await.expect("an event or the end")?;
            if let Some(data) = line.strip_prefix("data:") {
                return Some(serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    async fn until(&mut self, change: &str) -> Value {
        loop {
            let event = self.next().await.expect("an event");
            if event["change"] == change {
                return event;
            }
        }
    }
}

fn lines(response: Response) -> impl Stream<Item = String> {
    futures::stream::unfold((response, String::new()), |(mut response, mut rest)| async move {
        loop {
            if let Some((line, after)) = rest.split_once('\n') {
                return Some((line.to_owned(), (response, after.to_owned())));
            }
            let chunk = response.chunk().await.ok()??;
            rest.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    })
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
    let (mut janas, mut petrs) = (Events::open(&jana).await, Events::open(&petr).await);
    assert_eq!(janas.next().await.expect("an event")["change"], "resync");
    assert_eq!(petrs.next().await.expect("an event")["change"], "resync");

    story.says(story.customer(1), &line, "Hello").await;
    let event = janas.until("message").await;
    let session = id_of(&story.session().await);
    assert_eq!(event["session"], session);
    assert_eq!(event["inbound"], true);
    assert!(event["number"].as_u64().expect("a number") > 0);

    // Petr is no member: the next he hears of is what concerns everybody.
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
    ended.next().await.expect("resync");
    open.next().await.expect("resync");

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
    let story = Story::with(|settings| settings.http.streams_per_person = 2).await;
    let browser = story.admin("admin").await;
    let first = Events::open(&browser).await;
    let _second = Events::open(&browser).await;
    let mut elsewhere = Browser::new(&story);
    elsewhere.log_in("admin", PASSWORD).await;
    let open = async || {
        elsewhere
            .request(Method::GET, "/events")
            .send()
            .await
            .expect("an answer")
    };
    assert_eq!(open().await.status(), 429, "in another browser, too");
    assert_eq!(
        story
            .admin("other")
            .await
            .request(Method::GET, "/events")
            .send()
            .await
            .expect("an answer")
            .status(),
        200
    );

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
