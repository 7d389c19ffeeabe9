//! The REST API's conventions: tokens, scopes, lists, problems.

use crate::{
    stories,
    support::{Story, world::id_of},
};
use domain::access::{Actor, Scope};
use engine::access::api_tokens;
use futures::future::{join_all, select};
use reqwest::Method;
use serde_json::json;
use std::{pin::pin, time::Duration};

stories! {
    things_are_made_and_read_back
    a_narrower_scope_is_refused
    lists_come_in_pages
    a_list_is_never_older_than_its_question
    a_token_that_is_used_is_revoked_at_once
    problems_are_problem_json
    fields_that_are_not_right_are_named
    what_an_operation_does_not_know_is_refused
    a_script_names_its_requests
}

mod with_few_calls {
    use super::calls_are_limited_for_each_token;
    use crate::stories;

    stories! {
        with |settings| settings.http.api_requests_per_minute = 3.try_into().expect("a number");
        calls_are_limited_for_each_token
    }
}

async fn calls_are_limited_for_each_token(story: &Story) {
    let (one, other) = (
        story.api_with(Scope::Read).await,
        story.api_with(Scope::Read).await,
    );
    for left in [2, 1, 0] {
        let answer = one.get("/api/v1/labels").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=60");
        let told = answer.header("ratelimit").to_owned();
        assert!(told.starts_with(&format!("\"default\";r={left};t=")), "{told}");
    }
    let refused = one.get("/api/v1/labels").await;
    let problem = refused.problem(429);
    assert_eq!(problem["type"], "urn:switchboard:rate_limited");
    assert_eq!(
        (refused.header("retry-after"), refused.header("ratelimit")),
        ("20", "\"default\";r=0;t=20")
    );
    assert_eq!(other.get("/api/v1/labels").await.status, 200);
    story.later(Duration::from_secs(20)).await;
    assert_eq!(one.get("/api/v1/labels").await.status, 200);
    one.get("/api/v1/labels").await.problem(429);
    // Errors that no handler makes say it, too.
    let wrong = other.send(other.request(Method::PUT, "/api/v1/labels")).await;
    wrong.problem(405);
    assert!(wrong.header("ratelimit").starts_with("\"default\";r="));
}

async fn what_an_operation_does_not_know_is_refused(story: &Story) {
    // A filter with a slip of the pen would answer every session.
    let problem = story.api.get("/api/v1/sessions?quueue=x").await.problem(400);
    assert!(problem["detail"].to_string().contains("queue"), "{problem}");
    let problem = story
        .api
        .get("/api/v1/costs/rates?month=2026-11")
        .await
        .problem(400);
    assert!(problem["detail"].to_string().contains("none"), "{problem}");
    let head = story
        .api
        .request(Method::HEAD, "/api/v1/sessions?unread=true&limit=1");
    assert_eq!(story.api.send(head).await.status, 200);
    let known = "/api/v1/sessions?unread=true&limit=1";
    story.api.get(known).await.ok();
    for (path, body) in [
        (
            "/api/v1/extensions",
            json!({"number": "203", "name": "X", "colour": "red"}),
        ),
        ("/api/v1/queues", json!({"name": "X", "colour": "red"})),
        ("/api/v1/deliveries/dead/replay", json!({"colour": "red"})),
    ] {
        story.api.post(path, body).await.problem(422);
    }
}

async fn a_script_names_its_requests(story: &Story) {
    let named = |name: &'static str| {
        let request = story.api.request(Method::GET, "/api/v1/labels");
        story.api.send(request.header("x-request-id", name))
    };
    assert_eq!(named("crm-4711_a.b").await.header("x-request-id"), "crm-4711_a.b");
    // It goes into the log, so nothing else does.
    let long = "x".repeat(65);
    for other in ["", "two words", "x=1;y", &long] {
        let request = story.api.request(Method::GET, "/api/v1/labels");
        let answer = story.api.send(request.header("x-request-id", other)).await;
        assert_eq!(answer.header("x-request-id").len(), 16, "{other}");
    }
    let page = story.anonymous();
    let request = page.request(Method::GET, "/login").header("x-request-id", "mine");
    assert_ne!(page.send(request).await.header("x-request-id"), "mine");
}

async fn things_are_made_and_read_back(story: &Story) {
    let made = story
        .api
        .post("/api/v1/extensions", json!({"number": "201", "name": "Jana"}))
        .await;
    assert_eq!(made.status, 201);
    let location = made.header("location").to_owned();
    assert_eq!(story.api.get(&location).await.ok(), made.json());
    let jana = id_of(&made.json());

    let queue = story
        .api
        .post(
            "/api/v1/queues",
            json!({"name": "Support", "members": [jana], "pick_up": "auto"}),
        )
        .await;
    assert_eq!(queue.status, 201);
    assert_eq!(queue.json()["pick_up"], "auto");
    assert_eq!(queue.json()["members"][0]["number"], "201");
    assert_eq!(story.api.get(queue.header("location")).await.ok(), queue.json());

    let line = story
        .channel(&story.app(1), 1, "queue", &id_of(&queue.json()))
        .await;
    let channels = story.api.items("/api/v1/channels").await;
    assert_eq!(channels.len(), 1);
    assert_eq!(id_of(&channels[0]), line.channel);
    assert_eq!(channels[0]["destination"]["type"], "queue");
}

async fn a_narrower_scope_is_refused(story: &Story) {
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let (reader, operator) = (
        story.api_with(Scope::Read).await,
        story.api_with(Scope::Operate).await,
    );
    let extension = json!({"number": "203", "name": "X"});
    let message = json!({"type": "text", "text": {"body": "Hello"}});
    let messages = format!("/api/v1/sessions/{session}/messages");

    for path in [
        "/api/v1/channels",
        "/api/v1/extensions",
        "/api/v1/queues",
        "/api/v1/sessions",
        &messages,
    ] {
        assert_eq!(reader.get(path).await.status, 200, "{path}");
    }
    reader.post(&messages, message.clone()).await.problem(403);
    reader
        .post(&format!("/api/v1/sessions/{session}/close"), json!({}))
        .await
        .problem(403);
    reader
        .post("/api/v1/extensions", extension.clone())
        .await
        .problem(403);
    let refused = operator.post("/api/v1/extensions", extension).await.problem(403);
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("administer")),
        "{refused}"
    );
    assert_eq!(operator.post(&messages, message).await.status, 202);
}

async fn lists_come_in_pages(story: &Story) {
    let line = story.support().await;
    for n in 1..=5 {
        story.says(story.customer(n), &line, "Hello").await;
        story.clock.advance(Duration::from_secs(1));
    }
    for name in ["a", "B", "č"] {
        let queue = json!({"name": name, "pick_up": "manual"});
        for (path, new) in [
            ("/api/v1/queues", queue),
            ("/api/v1/labels", json!({"name": name})),
            (
                "/api/v1/canned-replies",
                json!({"shortcut": name, "text": "Hello"}),
            ),
        ] {
            assert_eq!(story.api.post(path, new).await.status, 201, "{path}");
        }
    }
    let queue = id_of(&story.api.items("/api/v1/queues").await[0]);
    for n in 2..=3 {
        let channel = json!({
            "name": "Two have this name",
            "phone_number": format!("+42080055501{n}"),
            "phone_number_id": format!("30000000000000{n}"),
            "access_token": line.app.token,
            "app_secret": line.app.secret,
            "destination": {"type": "queue", "id": queue},
        });
        assert_eq!(story.api.post("/api/v1/channels", channel).await.status, 201);
    }
    for (path, total) in [
        ("/api/v1/sessions", 5),
        ("/api/v1/session-log", 5),
        ("/api/v1/extensions", 2),
        ("/api/v1/queues", 4),
        ("/api/v1/labels", 3),
        ("/api/v1/canned-replies", 3),
        ("/api/v1/channels", 3),
    ] {
        let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let page = story.api.get(&format!("{path}?{query}")).await.ok();
            let items = page["items"].as_array().expect("items");
            assert!(items.len() <= 2);
            seen.extend(items.iter().map(id_of));
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=2&cursor={cursor}"),
                None => break,
            }
            assert!(seen.len() <= total, "the list has an end");
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (total, total), "{path}");
        for wrong in [
            "limit=0",
            "limit=201",
            "limit=many",
            "cursor=nonsense",
            "limit=1&limit=2",
        ] {
            story.api.get(&format!("{path}?{wrong}")).await.problem(400);
        }
    }
}

async fn a_list_is_never_older_than_its_question(story: &Story) {
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let ask = || story.api.items("/api/v1/sessions");
    let others = async {
        loop {
            join_all((0..4).map(|_| ask())).await;
        }
    };
    let own = async {
        for word in ["unread", "read"].repeat(10) {
            let path = format!("/api/v1/sessions/{session}/{word}");
            story.api.post(&path, json!({})).await.ok();
            for sessions in join_all((0..8).map(|_| ask())).await {
                let unread = sessions[0]["unread"].as_u64().expect("a number");
                assert_eq!(unread > 0, word == "unread");
            }
        }
    };
    select(pin!(others), pin!(own)).await;
}

async fn a_token_that_is_used_is_revoked_at_once(story: &Story) {
    let script = story.api_with(Scope::Read).await;
    let tokens = api_tokens::list(&story.engine, &Actor::System).await;
    let mut tokens = tokens.expect("the tokens").into_iter();
    let token = tokens.find(|token| token.scope == Scope::Read);
    let ask = || script.get("/api/v1/labels");
    let others = async {
        loop {
            join_all((0..4).map(|_| ask())).await;
        }
    };
    let own = async {
        for answer in join_all((0..8).map(|_| ask())).await {
            assert_eq!(answer.status, 200);
        }
        let revoked = token.expect("the script's").id;
        api_tokens::revoke(&story.engine, &Actor::System, revoked)
            .await
            .expect("it is revoked");
        for answer in join_all((0..8).map(|_| ask())).await {
            answer.problem(401);
        }
    };
    select(pin!(others), pin!(own)).await;
}

async fn problems_are_problem_json(story: &Story) {
    let api = &story.api;
    let post = |path: &str| api.request(Method::POST, path);
    let json = "application/json";
    let unauthorized = story.anonymous().get("/api/v1/channels").await;
    unauthorized.problem(401);
    assert!(unauthorized.header("www-authenticate").starts_with("Bearer"));

    let nobody = "00000000-0000-0000-0000-000000000000";
    for path in [
        "/api/v1/nothing",
        "/api/v2",
        "/api/v1/channels/7",
        &format!("/api/v1/sessions/{nobody}"),
    ] {
        api.get(path).await.problem(404);
    }
    let wrong_method = api.send(api.request(Method::DELETE, "/api/v1/channels")).await;
    wrong_method.problem(405);
    assert!(wrong_method.header("allow").contains("POST"));

    let extensions = "/api/v1/extensions";
    api.send(post(extensions).body("{}")).await.problem(415);
    api.send(post(extensions).header("content-type", json).body("{"))
        .await
        .problem(400);
    api.send(post(extensions).header("content-type", json).body("[1]"))
        .await
        .problem(422);
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(1024 * 1024));
    api.send(post(extensions).header("content-type", json).body(large))
        .await
        .problem(413);
}

async fn fields_that_are_not_right_are_named(story: &Story) {
    let refused = story
        .api
        .post("/api/v1/extensions", json!({"number": "2O1"}))
        .await
        .problem(422);
    assert_eq!(refused["type"], "urn:switchboard:invalid");
    let fields = refused["fields"].as_array().expect("fields");
    let fields: Vec<_> = fields
        .iter()
        .map(|field| (&field["field"], &field["problem"]))
        .collect();
    assert_eq!(
        fields,
        [
            (&json!("number"), &json!("not_numeric")),
            (&json!("name"), &json!("required"))
        ]
    );

    let refused = story
        .api
        .post("/api/v1/channels", json!({"name": "Support"}))
        .await
        .problem(422);
    assert!(
        refused["fields"].as_array().expect("fields").len() >= 3,
        "{refused:#}"
    );

    story.extension("201").await;
    let taken = story
        .api
        .post("/api/v1/extensions", json!({"number": "201", "name": "Again"}))
        .await
        .problem(422);
    assert_eq!(taken["fields"][0], json!({"field": "number", "problem": "taken"}));
}
