//! What scripts are told of: as a stream, and page by page.

mod late;
mod told;

use crate::{
    stories,
    support::{
        START, Story,
        events::Events,
        http::Api,
        openapi::DOCUMENT,
        world::{Line, WABA_ID, id_of},
    },
};
use domain::{
    access::{Actor, Scope, TokenForm},
    ids::TokenId,
};
use engine::access::api_tokens;
use futures::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use simulator::{SendFault, Setting, TemplateEvent};
use std::{collections::BTreeSet, time::Duration};

stories! {
    a_stream_tells_in_order_and_goes_on_where_it_broke_off
    pages_have_no_gap
    what_is_no_longer_kept_is_gone
    sixteen_streams_hear_the_same
    a_stream_tells_what_the_scope_of_its_token_may_see
    what_is_erased_is_not_told
    every_documented_type_occurs
}

stories! {
    with |settings| settings.http.stream_check_seconds = std::time::Duration::from_millis(100);
    a_stream_ends_with_its_token
}

stories! {
    with |settings| settings.http.streams_per_user = 1;
    a_token_has_only_so_many_streams
}

const PATH: &str = "/api/v1/events";

fn streaming(api: &Api, path: &str) -> RequestBuilder {
    let request = api.request(Method::GET, path);
    request.header("accept", "text/event-stream")
}

async fn open(api: &Api, path: &str) -> Events {
    let answer = streaming(api, path).send().await.expect("an answer");
    let mut events = Events::of(answer);
    events.hello().await;
    events
}

/// The place of now.
async fn place(story: &Story) -> String {
    story.settled().await;
    let page = story.api.get(PATH).await.ok();
    assert_eq!(page["items"], json!([]));
    text(&page["next_cursor"])
}

/// Everything after this place, by pages of this size.
async fn all(story: &Story, after: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), after.to_owned());
    loop {
        let path = format!("{PATH}?after={after}&limit={limit}");
        let page = story.api.get(&path).await.ok();
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        let next = text(&page["next_cursor"]);
        if next == after {
            return all;
        }
        after = next;
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn of<'a>(events: &'a [Value], field: &str) -> Vec<&'a str> {
    let fields = events.iter().map(|event| event[field].as_str());
    fields.map(|field| field.expect("a text")).collect()
}

/// The next events of a stream.
async fn next(events: &mut Events, many: usize) -> Vec<Value> {
    let mut told = Vec::new();
    while told.len() < many {
        told.push(events.next().await.expect("an event"));
    }
    told
}

/// A session from the customer's first word to its end, and an answer that is delivered.
async fn a_conversation(story: &Story, line: &Line) -> Value {
    let session = story.picked_up(line).await;
    story.answers(&session, "Good day").await;
    story.settled().await;
    let path = format!("/api/v1/sessions/{}/close", id_of(&session));
    let closed = story.api.post(&path, json!({"reason": "solved"})).await.ok();
    story.settled().await;
    closed
}

async fn a_stream_tells_in_order_and_goes_on_where_it_broke_off(story: &Story) {
    let line = story.support().await;
    let from = place(story).await;
    let mut events = open(&story.api, PATH).await;
    let session = a_conversation(story, &line).await;
    let known = all(story, &from, 200).await;
    let told = next(&mut events, known.len()).await;
    assert_eq!(of(&told, "id"), of(&known, "id"));

    let types = of(&told, "type");
    let lives = [
        "session.opened",
        "session.routed",
        "message.received",
        "session.picked_up",
        "message.sent",
        "message.status_changed",
        "session.closed",
    ];
    let mut rest = types.iter();
    for kind in lives {
        assert!(rest.any(|told| *told == kind), "{kind} in {types:?}");
    }
    let first = |kind: &str| told.iter().find(|event| event["type"] == kind).expect(kind);
    assert_eq!(
        first("message.received")["data"]["message"]["text"]["body"],
        "Hello"
    );
    assert_eq!(first("message.status_changed")["data"]["status"], "sent");
    let line = &first("session.closed")["data"]["line"];
    assert_eq!(
        (&line["what"], &line["reason"]),
        (&json!("closed"), &json!("solved"))
    );
    let of_session = told.iter().filter(|event| event["data"]["session"].is_object());
    for event in of_session {
        assert_eq!(event["data"]["session"]["id"], session["id"]);
    }

    // Three of them are of one row.
    for (nth, event) in told.iter().enumerate() {
        let request = streaming(&story.api, PATH).header("last-event-id", text(&event["id"]));
        let mut again = Events::of(request.send().await.expect("an answer"));
        again.hello().await;
        let rest = &told[nth + 1..];
        assert_eq!(of(&next(&mut again, rest.len()).await, "id"), of(rest, "id"));
    }
}

async fn pages_have_no_gap(story: &Story) {
    let line = story.support().await;
    let from = place(story).await;
    a_conversation(story, &line).await;
    let whole = all(story, &from, 200).await;
    assert!(whole.len() >= 7, "{whole:#?}");
    let ids: BTreeSet<&str> = of(&whole, "id").into_iter().collect();
    assert_eq!(ids.len(), whole.len(), "each has its own");
    for limit in [1, 2, 3] {
        assert_eq!(of(&all(story, &from, limit).await, "id"), of(&whole, "id"));
    }
    for wrong in ["after=x", "after=", "limit=0", "limit=201", "before=1"] {
        story.api.get(&format!("{PATH}?{wrong}")).await.problem(400);
        let stream = streaming(&story.api, &format!("{PATH}?{wrong}"));
        story.api.send(stream).await.problem(400);
    }
    // Nor does a place that is no text mean: from now on.
    for id in [&b"17-x"[..], b"\xff"] {
        let stream = streaming(&story.api, PATH).header("last-event-id", id);
        story.api.send(stream).await.problem(400);
    }
}

async fn what_is_no_longer_kept_is_gone(story: &Story) {
    let extension = story.extension("201").await;
    let availability = format!("/api/v1/extensions/{extension}/availability");
    let tell = async |word: &str| {
        let request = story.api.request(Method::PUT, &availability);
        let chosen = request.json(&json!({ "availability": word }));
        story.api.send(chosen).await.ok();
    };
    let old = place(story).await;
    tell("busy").await;
    tell("away").await;
    story.later(Duration::from_secs(25 * 60 * 60)).await;
    story.engine.forget().await.expect("the old events are deleted");
    let newest = place(story).await;
    let never = (newest.parse::<u64>().expect("a number") + 1_000_000).to_string();
    for gone in [&old, &never] {
        let path = format!("{PATH}?after={gone}");
        let problem = story.api.get(&path).await.problem(410);
        assert_eq!(problem["type"], "urn:switchboard:events_gone");
        let stream = streaming(&story.api, &path).send().await.expect("an answer");
        assert_eq!(stream.status(), 410);
    }
    tell("online").await;
    story.settled().await;
    let told = all(story, &newest, 200).await;
    assert_eq!(of(&told, "type"), ["extension.availability_changed"]);
    assert_eq!(told[0]["data"]["extension"]["number"], "201");
}

async fn sixteen_streams_hear_the_same(story: &Story) {
    let line = story.support().await;
    let from = place(story).await;
    let mut streams = join_all((0..16).map(|_| open(&story.api, PATH))).await;
    a_conversation(story, &line).await;
    let known = all(story, &from, 200).await;
    let told = join_all(streams.iter_mut().map(|events| next(events, known.len()))).await;
    for told in told {
        assert_eq!(of(&told, "id"), of(&known, "id"));
    }
}

/// Streams share what they read, but not with those of another scope.
async fn a_stream_tells_what_the_scope_of_its_token_may_see(story: &Story) {
    let reader = story.api_with(Scope::Read).await;
    let extension = story.extension("201").await;
    let mut of_admin = open(&story.api, PATH).await;
    let mut of_reader = open(&reader, PATH).await;
    let crm = json!({"name": "CRM", "address": "https://crm.example/"});
    let crm = id_of(&story.api.post("/api/v1/webhooks", crm).await.ok());
    let off = format!("/api/v1/webhooks/{crm}/disable");
    story.api.post(&off, json!({})).await.ok();
    let availability = format!("/api/v1/extensions/{extension}/availability");
    let busy = story.api.request(Method::PUT, &availability);
    story
        .api
        .send(busy.json(&json!({"availability": "busy"})))
        .await
        .ok();
    let (secret, open_to_all) = ("webhook.switched_off", "extension.availability_changed");
    assert_eq!(of(&next(&mut of_admin, 2).await, "type"), [secret, open_to_all]);
    assert_eq!(of(&next(&mut of_reader, 1).await, "type"), [open_to_all]);
}

async fn what_is_erased_is_not_told(story: &Story) {
    let line = story.support().await;
    let from = place(story).await;
    let session = a_conversation(story, &line).await;
    let path = format!("/api/v1/contacts/{}", id_of(&session["contact"]));
    let erase = story.api.request(Method::DELETE, &path);
    story.api.send(erase).await.ok();
    story.settled().await;
    let told = all(story, &from, 200).await;
    assert!(
        told.iter().all(|event| event["data"]["session"].is_null()),
        "{told:#?}"
    );
}

async fn a_stream_ends_with_its_token(story: &Story) {
    let token = async |name: &str, days: &str| {
        let form = TokenForm {
            name: name.into(),
            scope: "read".into(),
            days: days.into(),
            ..TokenForm::default()
        };
        let token = api_tokens::create(&story.engine, &Actor::System, &form).await;
        Api::new(&story.url, Some(token.expect("a token")))
    };
    let mut revoked = open(&token("revoked", "").await, PATH).await;
    let mut expired = open(&token("expired", "1").await, PATH).await;
    let mut works = open(&token("works", "").await, PATH).await;

    let tokens = api_tokens::list(&story.engine, &Actor::System).await;
    let tokens = tokens.expect("the tokens");
    let found = tokens.iter().find(|token| token.name == "revoked");
    let id: TokenId = found.expect("the token").id;
    api_tokens::revoke(&story.engine, &Actor::System, id)
        .await
        .expect("it is revoked");
    assert_eq!(revoked.next().await, None);
    story.clock.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(expired.next().await, None);
    works.named("ping").await;
}

async fn a_token_has_only_so_many_streams(story: &Story) {
    let first = open(&story.api, PATH).await;
    let refused = story.api.send(streaming(&story.api, PATH)).await;
    let problem = refused.problem(429);
    assert_eq!(problem["type"], "urn:switchboard:too_many_streams");
    assert_eq!(refused.header("retry-after"), "30");
    open(&story.api_with(Scope::Read).await, PATH).await;
    drop(first);
}

async fn every_documented_type_occurs(story: &Story) {
    let line = story.support().await;
    story.allow_templates(&line).await;
    let fields = ["messages"].into_iter().chain(whatsapp::webhook::TEMPLATE_FIELDS);
    let setting = Setting::Fields {
        app_id: line.app.id.clone(),
        fields: fields.map(str::to_owned).collect(),
    };
    story.meta.set(setting).expect("an app");
    let from = place(story).await;
    let session = story.picked_up(&line).await;
    let path = format!("/api/v1/sessions/{}", id_of(&session));
    let does = async |method: Method, what: &str, body: Value| {
        let request = story.api.request(method, &format!("{path}/{what}"));
        let answer = story.api.send(request.json(&body)).await;
        assert!(answer.status.is_success(), "{what}: {}", answer.text);
    };
    let extensions = story.api.items("/api/v1/extensions").await;
    let petr = extensions.iter().find(|extension| extension["number"] == "202");
    let petr = id_of(petr.expect("202"));

    story.answers(&session, "Good day").await;
    story.settled().await;
    story.meta.fault(SendFault::ErrorCode {
        code: 131_026,
        http: 400,
    });
    story.answers(&session, "Are you there?").await;
    story.settled().await;
    let label = story
        .api
        .post("/api/v1/labels", json!({"name": "VIP"}))
        .await
        .ok();
    does(Method::PUT, &format!("labels/{}", id_of(&label)), json!({})).await;
    does(Method::POST, "notes", json!({"text": "Call back."})).await;
    does(Method::PUT, "contact-name", json!({"name": "Karel"})).await;
    let tomorrow = json!({"until": server::http::api::time(START.plus(Duration::from_secs(24 * 60 * 60)))});
    does(Method::POST, "snooze", tomorrow).await;
    does(Method::DELETE, "snooze", json!({})).await;
    does(Method::POST, "block", json!({})).await;
    does(Method::DELETE, "block", json!({})).await;
    let to = json!({"to": {"type": "extension", "id": petr}});
    does(Method::POST, "transfer", to).await;
    does(Method::POST, "close", json!({})).await;
    does(Method::POST, "reopen", json!({})).await;
    let busy = story
        .api
        .request(Method::PUT, &format!("/api/v1/extensions/{petr}/availability"));
    story
        .api
        .send(busy.json(&json!({"availability": "busy"})))
        .await
        .ok();
    let paused = TemplateEvent::Status {
        status: "PAUSED".into(),
        reason: None,
        explanation: None,
        recommendation: None,
    };
    story
        .meta
        .template_event(WABA_ID, "pripominka_navstevy", "cs", paused)
        .expect("a template");
    story.settled().await;
    story.set_templates(&line, false).await;
    let (number, user) = ("420800555901", "CZ.1");
    for (wamid, number, user) in [
        ("wamid.1", Some(number), None),
        ("wamid.2", None, Some(user)),
        ("wamid.3", Some(number), Some(user)),
    ] {
        story.is_known_as(&line, wamid, number, user).await;
        story.settled().await;
    }

    let other = story.channel(&story.app(2), 2, "extension", &petr).await;
    let path = format!("/api/v1/channels/{}?name=Channel%202", other.channel);
    let deleted = story.api.send(story.api.request(Method::DELETE, &path)).await;
    assert_eq!(deleted.status, 204, "{}", deleted.text);
    let crm = json!({"name": "CRM", "address": "https://crm.example/"});
    let crm = id_of(&story.api.post("/api/v1/webhooks", crm).await.ok());
    let off = format!("/api/v1/webhooks/{crm}/disable");
    story.api.post(&off, json!({})).await.ok();
    story.settled().await;

    let told = all(story, &from, 200).await;
    let told: BTreeSet<&str> = of(&told, "type").into_iter().collect();
    let documented = DOCUMENT["webhooks"].as_object().expect("types");
    let documented: BTreeSet<&str> = documented.keys().map(String::as_str).collect();
    assert_eq!(told, documented);
}
