//! What a token that is bound is told of.

use super::{token, world::World};
use crate::{
    stories,
    support::{Story, events::Events, http::Api, world::id_of},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

stories! {
    events_tell_nothing_foreign
    whoever_has_a_copy_hears_that_a_contact_is_gone
    whoever_has_a_copy_hears_that_two_contacts_are_one
    a_message_is_told_where_it_is_now
}

async fn events_tell_nothing_foreign(story: &Story) {
    let world = World::new(story).await;
    let path = "/api/v1/events?after=0&limit=200";
    for bound in world.bounds() {
        let api = token(story, &bound).await;
        let now = api.get("/api/v1/events").await.ok()["next_cursor"].clone();
        let request = api.request(Method::GET, "/api/v1/events");
        let request = request.header("accept", "text/event-stream");
        let mut stream = Events::of(request.send().await.expect("an answer"));
        stream.hello().await;
        story.says(world.eva, &world.theirs, "More foreign words").await;
        let own = format!("/api/v1/extensions/{}/availability", world.extensions[0]);
        let busy = story
            .api
            .request(Method::PUT, &own)
            .json(&json!({"availability": "busy"}));
        let chosen = story.api.send(busy).await;
        assert!(chosen.status.is_success(), "{chosen:?}");
        story.says(world.eva, &world.ours, "Good morning").await;
        let heard = loop {
            let heard = stream.next().await.expect("an event");
            if !is_of_channel(&heard) {
                break heard;
            }
        };
        assert_eq!(heard["type"], "message.received", "{heard}");
        assert_eq!(heard["data"]["session"]["id"], world.session["id"], "{heard}");

        let told = api.get(path).await;
        world.is_ours("the events", &told.text);
        let told = told.ok()["items"].as_array().expect("items").clone();
        let types: Vec<_> = told.iter().filter_map(|event| event["type"].as_str()).collect();
        for wanted in ["session.opened", "message.received"] {
            assert!(types.contains(&wanted), "{types:?}");
        }
        let of_channel = told.iter().any(is_of_channel);
        assert_eq!(of_channel, bound.starts_with("channel"), "{types:?}");
        let now = now.as_str().expect("a place");
        let since = api.get(&format!("/api/v1/events?after={now}")).await.ok();
        let since = since["items"].as_array().expect("items");
        assert_eq!(
            since.iter().filter(|event| !is_of_channel(event)).count(),
            1,
            "{since:?}"
        );
    }
}

async fn whoever_has_a_copy_hears_that_a_contact_is_gone(story: &Story) {
    let world = World::new(story).await;
    let eva = id_of(&world.session["contact"]);
    let place = place(&story.api).await;
    let erase = story
        .api
        .request(Method::DELETE, &format!("/api/v1/contacts/{eva}"));
    story.api.send(erase).await.ok();
    story.settled().await;
    for bound in world.bounds() {
        let gone = since(&token(story, &bound).await, &place, "contact.deleted").await;
        assert_eq!(gone.len(), 1, "{gone:?}");
        assert_eq!(gone[0]["data"], json!({"contact_id": eva, "merged_into": null}));
    }
}

/// It is told with the latest session of the two, which is not within reach.
async fn whoever_has_a_copy_hears_that_two_contacts_are_one(story: &Story) {
    let world = World::new(story).await;
    let (number, user) = (Some("420800555909"), Some("CZ.9"));
    story.is_known_as(&world.ours, "wamid.a", None, user).await;
    story.settled().await;
    story.is_known_as(&world.theirs, "wamid.b", number, None).await;
    story.settled().await;
    let place = place(&story.api).await;
    story.is_known_as(&world.theirs, "wamid.c", number, user).await;
    story.settled().await;
    let all = since(&story.api, &place, "contact.deleted").await;
    assert_eq!(all.len(), 1, "{all:?}");
    for bound in world.bounds() {
        let gone = since(&token(story, &bound).await, &place, "contact.deleted").await;
        assert_eq!(gone, all, "{bound}");
    }
}

/// Two sessions of one queue; the later one goes to another queue, and then both become one.
async fn a_message_is_told_where_it_is_now(story: &Story) {
    let world = World::new(story).await;
    let [_, of_queue] = world.bounds();
    let of_queue = token(story, &of_queue).await;
    let (number, user) = (Some("420800555909"), Some("CZ.9"));
    let place = place(&story.api).await;
    story.is_known_as(&world.ours, "wamid.a", number, None).await;
    story.settled().await;
    story.is_known_as(&world.ours, "wamid.b", None, user).await;
    story.settled().await;
    let sessions = of_queue.items("/api/v1/sessions").await;
    let later = sessions.iter().find(|row| row["contact"]["number"].is_null());
    let transfer = format!("/api/v1/sessions/{}/transfer", id_of(later.expect("a session")));
    let theirs = json!({"to": {"type": "queue", "id": world.queues[1]}});
    story.api.post(&transfer, theirs).await.ok();
    story.is_known_as(&world.ours, "wamid.c", number, user).await;
    story.settled().await;

    let sessions = of_queue.items("/api/v1/sessions").await;
    let joined = sessions
        .iter()
        .find(|row| row["contact"]["number"] == "+420800555909");
    let joined = joined.expect("a session");
    let ids = |messages: &[Value]| messages.iter().map(id_of).collect::<BTreeSet<_>>();
    let told = since(&of_queue, &place, "message.received").await;
    let told: Vec<Value> = told
        .into_iter()
        .map(|event| event["data"]["message"].clone())
        .collect();
    let listed = story.messages(joined).await;
    assert_eq!(listed.len(), 3, "{listed:?}");
    assert_eq!(ids(&told), ids(&listed));
}

fn is_of_channel(event: &Value) -> bool {
    event["type"]
        .as_str()
        .is_some_and(|kind| kind.starts_with("channel."))
}

/// The place of now.
async fn place(api: &Api) -> String {
    let now = api.get("/api/v1/events").await.ok();
    now["next_cursor"].as_str().expect("a place").to_owned()
}

/// The events of this type since then.
async fn since(api: &Api, place: &str, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/events?after={place}&limit=200");
    let mut told = api.items(&path).await;
    told.retain(|event| event["type"] == kind);
    told
}
