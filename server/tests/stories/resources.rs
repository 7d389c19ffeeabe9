//! What scripts change besides sessions and channels, and what they look up: queues, extensions, contacts, notes, the audit log.

use crate::{
    stories,
    support::{Story, http::Answer, world::id_of},
};
use domain::access::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

stories! {
    a_script_changes_a_queue
    a_script_changes_an_extension
    a_script_finds_customers
    notes_come_in_pages
    the_audit_log_is_read_by_its_filters
}

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

async fn put(story: &Story, path: &str, body: Value) -> Answer {
    let request = story.api.request(Method::PUT, path);
    story.api.send(request.json(&body)).await
}

async fn a_script_changes_a_queue(story: &Story) {
    let jana = story.extension("201").await;
    let queue = story.queue("Support", &[]).await;
    let path = format!("/api/v1/queues/{queue}");
    let form = json!({"name": "Help", "members": [jana], "pick_up": "auto"});
    let now = put(story, &path, form).await.ok();
    assert_eq!((&now["name"], &now["pick_up"]), (&json!("Help"), &json!("auto")));
    assert_eq!(now["members"][0]["number"], "201");
    assert_eq!(story.api.get(&path).await.ok(), now);
    put(story, &path, json!({"name": "Help", "members": [NOBODY]}))
        .await
        .problem(422);
    let post = async |what: &str| story.api.post(&format!("{path}/{what}"), json!({})).await.ok();
    assert_eq!(post("disable").await["disabled"], true);
    assert_eq!(post("enable").await["disabled"], false);
    put(story, &format!("/api/v1/queues/{NOBODY}"), json!({"name": "X"}))
        .await
        .problem(404);
}

async fn a_script_changes_an_extension(story: &Story) {
    let extension = story.extension("201").await;
    let path = format!("/api/v1/extensions/{extension}");
    let form = json!({"number": "209", "name": "Jana", "login": "somebody.201", "capacity": 3});
    let now = put(story, &path, form).await.ok();
    assert_eq!((&now["number"], &now["name"]), (&json!("209"), &json!("Jana")));
    assert_eq!(
        (&now["login"], &now["capacity"]),
        (&json!("somebody.201"), &json!(3))
    );
    let post = async |what: &str| story.api.post(&format!("{path}/{what}"), json!({})).await.ok();
    assert_eq!(post("disable").await["disabled"], true);
    assert_eq!(post("enable").await["disabled"], false);
    let now = put(story, &path, json!({"number": "209", "name": "Jana"}))
        .await
        .ok();
    assert_eq!(now["login"], Value::Null);
    // As when one is created, a token gives no role above `security.tokens_give`.
    let king = json!({"number": "209", "name": "Jana", "login": "jana", "password": "correct horse battery", "role": "admin"});
    put(story, &path, king).await.problem(422);
    put(
        story,
        &format!("/api/v1/extensions/{NOBODY}"),
        json!({"number": "1", "name": "X"}),
    )
    .await
    .problem(404);
}

async fn a_script_finds_customers(story: &Story) {
    let line = story.support().await;
    for n in 1..=3 {
        story.says(story.customer(n), &line, "Hello").await;
        story.clock.advance(Duration::from_secs(1));
    }
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = story.api.get(&format!("/api/v1/contacts?{query}")).await.ok();
        seen.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let labels: Vec<_> = seen
        .iter()
        .map(|contact| contact["label"].as_str().expect("a label"))
        .collect();
    assert_eq!(labels, ["Customer 3", "Customer 2", "Customer 1"]);
    for (words, many) in [("customer", 3), ("420800555202", 1), ("nobody", 0), ("%25", 0)] {
        let found = story.api.items(&format!("/api/v1/contacts?q={words}")).await;
        assert_eq!(found.len(), many, "{words}");
    }
    let found = story.api.items("/api/v1/contacts?q=420800555202").await;
    let one = format!("/api/v1/contacts/{}", id_of(&found[0]));
    assert_eq!(story.api.get(&one).await.ok(), found[0]);
    let session = found[0]["session"].as_str().expect("a session");
    let session = story.api.get(&format!("/api/v1/sessions/{session}")).await.ok();
    assert_eq!(session["contact"]["id"], found[0]["id"]);
    story
        .api
        .get(&format!("/api/v1/contacts/{NOBODY}"))
        .await
        .problem(404);
    story.api.get("/api/v1/contacts?cursor=x").await.problem(400);
}

async fn notes_come_in_pages(story: &Story) {
    let line = story.support().await;
    let session = id_of(&story.picked_up(&line).await);
    let path = format!("/api/v1/sessions/{session}/notes");
    for text in ["one", "two", "three"] {
        story.api.post(&path, json!({"text": text})).await.ok();
    }
    let first = story.api.get(&format!("{path}?limit=2")).await.ok();
    let cursor = first["next_cursor"].as_str().expect("more");
    let rest = story
        .api
        .get(&format!("{path}?limit=2&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(rest["next_cursor"], Value::Null);
    let texts = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().expect("items").iter();
        items.map(|note| note["text"].clone()).collect()
    };
    assert_eq!(
        (texts(&first), texts(&rest)),
        (vec![json!("one"), json!("two")], vec![json!("three")])
    );
    assert!(first["items"][0]["at"].is_string());
    story.api.get(&format!("{path}?cursor=x")).await.problem(400);
    story
        .api
        .get(&format!("/api/v1/sessions/{NOBODY}/notes"))
        .await
        .problem(404);
}

async fn the_audit_log_is_read_by_its_filters(story: &Story) {
    let line = story.support().await;
    let path = format!("/api/v1/channels/{}", line.channel);
    story.api.post(&format!("{path}/pause"), json!({})).await.ok();
    let rows = story.api.items("/api/v1/audit?about=channel&outcome=done").await;
    // The doctor writes some of them.
    let paused = rows.iter().find(|row| row["action"] == "channel.pause");
    let paused = paused.expect("the pause");
    assert_eq!(paused["actor"]["kind"], "token");
    assert_eq!(paused["subject"]["id"], line.channel.as_str());
    assert!(paused["at"].is_string());
    let other = story
        .api
        .items("/api/v1/audit?about=channel&outcome=refused")
        .await;
    assert!(other.is_empty());

    let page = story.api.get("/api/v1/audit?limit=1").await.ok();
    let cursor = page["next_cursor"].as_str().expect("more");
    let next = story
        .api
        .items(&format!("/api/v1/audit?limit=1&cursor={cursor}"))
        .await;
    let number = |row: &Value| row["number"].as_i64().expect("a number");
    assert_eq!(number(&next[0]), number(&page["items"][0]) - 1);

    let none = story.api.items("/api/v1/audit?until=2020-01-01T00:00:00Z").await;
    assert!(none.is_empty());
    for (wrong, status) in [
        ("about=x", 422),
        ("address=x", 422),
        ("from=x", 400),
        ("cursor=x", 400),
        ("to=x", 400),
    ] {
        story
            .api
            .get(&format!("/api/v1/audit?{wrong}"))
            .await
            .problem(status);
    }
    let operator = story.api_with(Scope::Operate).await;
    operator.get("/api/v1/audit").await.problem(403);
}
