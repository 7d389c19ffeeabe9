//! A token that is bound to a channel or to a queue: what is not within its reach does not exist, and what is about the whole
//! company is refused.

mod contacts;
mod events;
mod world;

use crate::{
    stories,
    support::{Story, files::PDF, http::Api, openapi::DOCUMENT, world::id_of},
};
use domain::{
    access::{Actor, TokenForm},
    form::Problem,
    refusal::Refusal,
};
use engine::access::api_tokens;
use reqwest::Method;
use serde_json::json;
use world::{World, upload};

stories! {
    what_is_not_within_reach_does_not_exist
    what_is_within_reach_is_read_and_changed
    the_key_of_another_token_opens_nothing
    a_session_that_leaves_the_queue_is_gone
    whoever_is_merged_elsewhere_is_not_told_of
    only_what_there_is_binds
    what_a_token_is_bound_to_is_named_clearly
}

/// What answers although it names nothing within reach; of everything else the answer is 403 or 404.
const ANSWERS: [&str; 10] = [
    "get /api/v1/contacts",
    "get /api/v1/events",
    "get /api/v1/labels",
    "get /api/v1/labels/{id}",
    "get /api/v1/search",
    "get /api/v1/session-log",
    "get /api/v1/sessions",
    "options /api/v1/uploads",
    "post /api/v1/sessions/close",
    "post /api/v1/sessions/transfer",
];

async fn made(story: &Story, scope: &str, bound: &str) -> engine::Result<Api> {
    let form = TokenForm {
        name: "bound".into(),
        scope: scope.into(),
        bound: bound.into(),
        ..TokenForm::default()
    };
    let token = api_tokens::create(&story.engine, &Actor::System, &form).await?;
    Ok(Api::new(&story.url, Some(token)))
}

async fn token(story: &Story, bound: &str) -> Api {
    made(story, "operate", bound).await.expect("a token")
}

async fn what_is_not_within_reach_does_not_exist(story: &Story) {
    let world = World::new(story).await;
    for bound in world.bounds() {
        let api = token(story, &bound).await;
        let before = world.stored(story).await;
        let paths = DOCUMENT["paths"].as_object().expect("paths");
        let mut asked = 0;
        for (template, item) in paths {
            for method in item.as_object().expect("operations").keys() {
                let place = format!("{method} {template}");
                if place == "post /api/v1/uploads" {
                    continue;
                }
                let name = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
                let mut request = api.request(name, &world.path(template));
                if place == "patch /api/v1/uploads/{id}" {
                    let kind = "application/offset+octet-stream";
                    request = request.header("upload-offset", "0").header("content-type", kind);
                    request = request.body(PDF);
                } else if let Some(body) = world.body(method, template) {
                    request = request.json(&body);
                }
                let answer = api.send(request).await;
                asked += 1;
                let of_channel = bound.starts_with("channel") && place == "get /api/v1/channels";
                match of_channel || ANSWERS.contains(&place.as_str()) {
                    true => assert!(answer.status.is_success(), "{bound}: {place}: {answer:?}"),
                    false => assert!(
                        matches!(answer.status.as_u16(), 403 | 404),
                        "{bound}: {place}: {answer:?}"
                    ),
                }
                world.is_ours(&place, &answer.text);
                if place.starts_with("post /api/v1/sessions/") && answer.status.is_success() {
                    let done = answer.json();
                    assert_eq!(done["left"], world.foreign.len(), "{place}: {done}");
                }
            }
        }
        assert!(asked > 80, "{asked}");
        let begun = upload(&api, &world.foreign[0]).send().await.expect("an answer");
        assert_eq!(begun.status(), 404);
        // By number as by id: who picks up is in the session's queue.
        let path = format!("/api/v1/sessions/{}/pick-up", id_of(&world.foreign[1]));
        api.post(&path, json!({"extension": "202"})).await.problem(404);
        // Filters lead nowhere else.
        for query in [
            format!("sessions?channel={}", world.theirs.channel),
            format!("sessions?queue={}", world.queues[1]),
            format!("sessions?owner={}", world.extensions[1]),
            format!("session-log?of=extension:{}", world.extensions[1]),
            format!("session-log?of=queue:{}", world.queues[1]),
            format!("session-log?channel={}", world.theirs.channel),
            format!("session-log?id={}", id_of(&world.foreign[0])),
            "contacts?q=420800555202".to_owned(),
        ] {
            let found = api.get(&format!("/api/v1/{query}")).await;
            assert!(found.status.is_success(), "{query}: {found:?}");
            assert_eq!(found.json()["items"], json!([]), "{query}");
        }
        assert_eq!(api.get("/metrics").await.status, 403);
        assert_eq!(world.stored(story).await, before, "nothing has changed");
    }
}

async fn what_is_within_reach_is_read_and_changed(story: &Story) {
    let world = World::new(story).await;
    let id = id_of(&world.session);
    let path = |part: &str| format!("/api/v1/sessions/{id}{part}");
    for (n, bound) in world.bounds().into_iter().enumerate() {
        let api = token(story, &bound).await;
        let listed = api.items("/api/v1/sessions").await;
        assert_eq!(
            listed.iter().map(id_of).collect::<Vec<_>>(),
            std::slice::from_ref(&id)
        );
        // Eva has written elsewhere since, of which this token does not know.
        let contact = id_of(&world.session["contact"]);
        let contact = api.get(&format!("/api/v1/contacts/{contact}")).await.ok();
        assert_eq!(contact["session"], id.as_str());
        assert_eq!(api.items("/api/v1/contacts").await.len(), 1);
        assert_eq!(api.items("/api/v1/search?q=Hello").await.len(), 1);
        assert_eq!(api.items("/api/v1/session-log").await.len(), 1);
        for part in [
            "",
            "/messages",
            "/notes",
            "/timeline",
            "/contact-note",
            "/merged-contacts",
        ] {
            let read = api.get(&path(part)).await;
            read.ok();
            world.is_ours(part, &read.text);
        }
        api.post(&path("/pick-up"), json!({"extension": "201"}))
            .await
            .ok();
        let answer = json!({"type": "text", "text": {"body": format!("Good day {n}")}});
        api.post(&path("/messages"), answer).await.ok();
        api.post(&path("/notes"), json!({"text": format!("A note {n}")}))
            .await
            .ok();
        let label = path(&format!("/labels/{}", world.label));
        let put = api.send(api.request(Method::PUT, &label)).await;
        assert_eq!(put.status, 204, "{}", put.text);
        let to = json!({"type": "extension", "id": world.extensions[0]});
        api.post(&path("/transfer"), json!({"to": to})).await.ok();
        assert_eq!(api.get(&path("/export")).await.status, 200);
        api.post(&path("/close"), json!({})).await.ok();
        api.post(&path("/reopen"), json!({})).await.ok();

        let of_channel = format!("/api/v1/channels/{}", world.ours.channel);
        let channel = bound.starts_with("channel");
        for part in ["", "/costs", "/health", "/templates"] {
            let status = api.get(&format!("{of_channel}{part}")).await.status.as_u16();
            assert_eq!(status, if channel { 200 } else { 403 }, "{part}");
        }
        if channel {
            assert_eq!(api.items("/api/v1/channels").await.len(), 1);
        } else {
            // The customer would be blocked for every queue of the channel.
            api.post(&path("/block"), json!({})).await.problem(403);
        }
        let reader = made(story, "read", &bound).await.expect("a token");
        reader.get(&path("")).await.ok();
        reader
            .post(&path("/notes"), json!({"text": "No"}))
            .await
            .problem(403);
    }
}

async fn the_key_of_another_token_opens_nothing(story: &Story) {
    let world = World::new(story).await;
    let path = format!("/api/v1/sessions/{}", id_of(&world.foreign[0]));
    for part in ["notes", "messages"] {
        let path = format!("{path}/{part}");
        let body = world.body("post", &format!("/api/v1/sessions/{{id}}/{part}"));
        let body = body.expect("a body");
        let written = |api: &Api| {
            let request = api.request(Method::POST, &path).json(&body);
            request.header("idempotency-key", "the same")
        };
        story.api.send(written(&story.api)).await.ok();
        for bound in world.bounds() {
            let api = token(story, &bound).await;
            for _ in 0..2 {
                let answer = api.send(written(&api)).await;
                answer.problem(404);
                world.is_ours(&path, &answer.text);
            }
        }
    }
}

async fn a_session_that_leaves_the_queue_is_gone(story: &Story) {
    let world = World::new(story).await;
    let [of_channel, of_queue] = world.bounds();
    let (of_channel, of_queue) = (token(story, &of_channel).await, token(story, &of_queue).await);
    let path = format!("/api/v1/sessions/{}", id_of(&world.session));
    let transfer = format!("{path}/transfer");
    let theirs = json!({"to": {"type": "queue", "id": world.queues[1]}});
    of_queue.post(&transfer, theirs.clone()).await.problem(403);
    let many = json!({"sessions": [world.session["id"]], "to": theirs["to"]});
    of_queue
        .post("/api/v1/sessions/transfer", many)
        .await
        .problem(403);
    // Whoever has picked it up, it is still the queue's.
    let pick_up = format!("{path}/pick-up");
    story.api.post(&pick_up, json!({"extension": "201"})).await.ok();
    of_queue.get(&path).await.ok();

    story.api.post(&transfer, theirs).await.ok();
    of_queue.get(&path).await.problem(404);
    assert!(of_queue.items("/api/v1/sessions").await.is_empty());
    let told = of_queue.get("/api/v1/events?after=0&limit=200").await.ok();
    assert!(
        told["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|event| event["data"]["session"].is_null()),
        "{told}"
    );
    of_channel.get(&path).await.ok();
}

async fn whoever_is_merged_elsewhere_is_not_told_of(story: &Story) {
    let world = World::new(story).await;
    let id = id_of(&world.session);
    let karel = id_of(&world.foreign[0]["contact"]);
    let merged = format!("/api/v1/sessions/{id}/merged-contacts");
    let merge = story.api.request(Method::PUT, &format!("{merged}/{karel}"));
    let done = story.api.send(merge).await;
    assert!(done.status.is_success(), "{done:?}");
    for bound in world.bounds() {
        let api = token(story, &bound).await;
        assert_eq!(api.get(&merged).await.ok()["contacts"], json!([]));
        let timeline = api.get(&format!("/api/v1/sessions/{id}/timeline")).await;
        timeline.ok();
        assert!(!timeline.text.contains("420800555202"), "{}", timeline.text);
        let messages = api.get(&format!("/api/v1/sessions/{id}/messages")).await;
        world.is_ours("the messages", &messages.text);
    }
}

async fn only_what_there_is_binds(story: &Story) {
    let world = World::new(story).await;
    let [channel, queue] = world.bounds();
    let none = "00000000-0000-0000-0000-000000000000";
    for (scope, bound, field, problem) in [
        ("read", format!("queue:{none}"), "bound", Problem::Unknown),
        ("read", format!("channel:{none}"), "bound", Problem::Unknown),
        (
            "read",
            format!("extension:{}", world.extensions[0]),
            "bound",
            Problem::Unknown,
        ),
        ("administer", queue.clone(), "scope", Problem::NotBound),
        ("administer", channel, "scope", Problem::NotBound),
    ] {
        let Err(engine::Error::Refused(Refusal::Invalid { fields })) = made(story, scope, &bound).await
        else {
            panic!("{bound}");
        };
        assert_eq!(
            (fields[0].field.as_str(), fields[0].problem),
            (field, problem),
            "{bound}"
        );
    }
    made(story, "read", &queue).await.expect("a token");
    let admin = story.admin("admin").await;
    let tokens = admin.call("tokens/list", &[]).await.ok();
    let tokens = tokens.as_array().expect("tokens");
    let shown = tokens
        .iter()
        .find(|token| token["name"] == "bound")
        .expect("the token");
    let expected =
        json!({"bound": {"type": "queue", "id": world.queues[0]}, "name": "Ours", "deleted": false});
    assert_eq!(shown["bound"], expected);
    let choices = admin.call("tokens/bounds", &[]).await.ok();
    assert_eq!(choices.as_array().expect("choices").len(), 4, "{choices}");
}

/// Two channels may have the same name, and the sessions of one that is deleted are still read.
async fn what_a_token_is_bound_to_is_named_clearly(story: &Story) {
    let world = World::new(story).await;
    let theirs = format!("/api/v1/channels/{}", world.theirs.channel);
    let rename = story.api.request(Method::PATCH, &theirs);
    let same = rename.json(&json!({"name": "Channel 1"}));
    story.api.send(same).await.ok();
    let bound = format!("channel:{}", world.theirs.channel);
    let api = made(story, "read", &bound).await.expect("a token");
    let told = story.api.items("/api/v1/audit?limit=200").await;
    let details = told.iter().filter(|row| row["action"] == "token.create");
    let details: Vec<_> = details.filter_map(|row| row["detail"].as_str()).collect();
    let detail = format!("bound (read, {bound} Channel 1 (+420800555012))");
    assert!(details.contains(&detail.as_str()), "{details:?}");

    let admin = story.admin("admin").await;
    let names = async || {
        let choices = admin.call("tokens/bounds", &[]).await.ok();
        let choices = choices.as_array().expect("choices").iter();
        let names = choices.map(|choice| choice["name"].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    let (one, two) = ("Channel 1 (+420800555011)", "Channel 1 (+420800555012)");
    assert_eq!(names().await, [one, two, "Foreigners", "Ours"]);
    let delete = story
        .api
        .request(Method::DELETE, &format!("{theirs}?name=Channel%201"));
    let deleted = story.api.send(delete).await;
    assert!(deleted.status.is_success(), "{deleted:?}");
    assert_eq!(names().await, [one, "Foreigners", "Ours"]);
    let tokens = admin.call("tokens/list", &[]).await.ok();
    let tokens = tokens.as_array().expect("tokens");
    let shown = tokens.iter().find(|token| token["name"] == "bound");
    let shown = &shown.expect("the token")["bound"];
    assert_eq!((&shown["name"], &shown["deleted"]), (&json!(two), &json!(true)));
    assert_eq!(api.items("/api/v1/sessions").await.len(), world.foreign.len());
}
