//! A user who is logged in and hears the stream of events, as a browser does.

use super::{Story, events::Events, users::Browser};
use domain::{access::Actor, event::Event};

pub struct Listener {
    browser: Browser,
    pub actor: Actor,
    pub events: Events,
    /// What they have heard and not taken in yet.
    pub changes: Vec<Event>,
    /// The number of the last event that they have heard.
    heard: u64,
}

impl Listener {
    pub async fn open(story: &Story, browser: Browser) -> Self {
        let mut events = Events::open(&browser).await;
        let hello = events.hello().await;
        let user = serde_json::from_value(hello["user"].clone()).expect("an id");
        let me = engine::access::users::me(&story.engine, user).await;
        Self {
            actor: Actor::User(me.expect("an answer").expect("a user")),
            browser,
            events,
            changes: Vec::new(),
            heard: hello["number"].as_u64().expect("a number"),
        }
    }

    /// Hears events until one of this change, which is for everybody.
    async fn hear_until(&mut self, change: &str) {
        loop {
            let event = self.events.next().await.expect("an event");
            let is_last = event["change"] == change;
            let event: Event = serde_json::from_value(event).expect("an event");
            self.heard = event.number;
            self.changes.push(event);
            if is_last {
                return;
            }
        }
    }

    /// The connection breaks, and is made again from the last event on.
    pub async fn breaks_off(&mut self) {
        self.events = Events::after(&self.browser, self.heard).await;
    }
}

/// These have heard of everything so far. New extensions are told to all; each has a number of its own.
pub async fn everybody_hears<'all>(
    story: &Story,
    number: u64,
    listeners: impl Iterator<Item = &'all mut Listener>,
) {
    story.settled().await;
    story.extension(&format!("{}", 300 + number)).await;
    for listener in listeners {
        listener.hear_until("directory").await;
    }
}
