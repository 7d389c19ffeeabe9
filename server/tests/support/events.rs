//! An open stream of live updates.

use super::users::Browser;
use futures::{Stream, StreamExt as _};
use reqwest::{Method, Response};
use serde_json::Value;
use std::{pin::Pin, time::Duration};
use tokio::time::timeout;

/// The longest time that an event may take.
pub const SOON: Duration = Duration::from_secs(10);

pub struct Events(Pin<Box<dyn Stream<Item = (String, Value)> + Send>>);

impl Events {
    pub async fn open(browser: &Browser) -> Self {
        let response = browser
            .request(Method::GET, "/events")
            .send()
            .await
            .expect("an answer");
        Self::of(response)
    }

    /// Opens a stream that resumes after the event with this number.
    pub async fn after(browser: &Browser, number: u64) -> Self {
        let path = format!("/events?after={number}");
        let response = browser.request(Method::GET, &path).send().await;
        Self::of(response.expect("an answer"))
    }

    pub fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "text/event-stream; charset=utf-8"
        );
        Self(Box::pin(events(response)))
    }

    /// The next event of this name; `None` at the end of the stream.
    async fn of_name(&mut self, name: &str) -> Option<Value> {
        loop {
            let (found, data) = timeout(SOON, self.0.next()).await.expect("an event or the end")?;
            if found == name {
                return Some(data);
            }
        }
    }

    /// The next event of this name.
    pub async fn named(&mut self, name: &str) -> Value {
        self.of_name(name).await.expect("an event")
    }

    /// The event with which a stream begins.
    pub async fn hello(&mut self) -> Value {
        let (name, data) = timeout(SOON, self.0.next())
            .await
            .expect("an event at once")
            .expect("an event");
        assert_eq!(name, "hello");
        data
    }

    /// The next change; `None` if the stream has ended.
    pub async fn next(&mut self) -> Option<Value> {
        self.of_name("message").await
    }

    pub async fn until(&mut self, change: &str) -> Value {
        loop {
            let event = self.next().await.expect("an event");
            if event["change"] == change {
                return event;
            }
        }
    }
}

/// Parses events with their names, see <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
fn events(response: Response) -> impl Stream<Item = (String, Value)> {
    futures::stream::unfold((response, String::new()), |(mut response, mut rest)| async move {
        loop {
            if let Some((event, after)) = rest.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let name = field("event: ").unwrap_or("message").to_owned();
                let data = field("data: ").map(|data| serde_json::from_str(data).expect("JSON"));
                let after = after.to_owned();
                if let Some(data) = data {
                    return Some(((name, data), (response, after)));
                }
                rest = after;
                continue;
            }
            let chunk = response.chunk().await.ok()??;
            rest.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    })
}
