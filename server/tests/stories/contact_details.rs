//! Name, note and merging of a customer by the customer's id, which is what a CRM knows.

use crate::{
    stories,
    support::{
        Story,
        http::{Answer, Api},
        world::id_of,
    },
};
use domain::access::Scope;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    a_customer_is_changed_by_their_id
    rights_and_refusals_are_those_of_the_session
}

const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

async fn send(api: &Api, method: Method, path: &str) -> Answer {
    api.send(api.request(method, path)).await
}

async fn put(api: &Api, path: &str, body: Value) -> Answer {
    api.send(api.request(Method::PUT, path).json(&body)).await
}

/// The addresses of the contact and the session of two customers who have written.
async fn two(story: &Story) -> [(String, String); 2] {
    let line = story.support().await;
    let mut sessions = Vec::new();
    for n in 1..=2 {
        story.says(story.customer(n), &line, "Hello").await;
        let all = story.api.items("/api/v1/sessions").await;
        let name = format!("Customer {n}");
        let theirs = all.into_iter().find(|row| row["contact"]["profile_name"] == name);
        sessions.push(theirs.expect("a session"));
    }
    [&sessions[0], &sessions[1]].map(|session| {
        (
            format!("/api/v1/contacts/{}", id_of(&session["contact"])),
            format!("/api/v1/sessions/{}", id_of(session)),
        )
    })
}

async fn a_customer_is_changed_by_their_id(story: &Story) {
    let [(one, session), (other, _)] = two(story).await;
    let api = story.api_with(Scope::Operate).await;
    let named = put(&api, &format!("{one}/name"), json!({"name": "Eva"}))
        .await
        .ok();
    assert_eq!((&named["label"], &named["alias"]), (&json!("Eva"), &json!("Eva")));
    let again = put(&api, &format!("{session}/contact-name"), json!({"name": "Eva"})).await;
    assert_eq!(again.ok(), named);
    assert_eq!(api.get(&one).await.ok()["label"], "Eva");

    let note = format!("{one}/note");
    let empty = json!({"text": "", "version": 0, "by": null, "at": null});
    assert_eq!(api.get(&note).await.ok(), empty);
    let written = put(&api, &note, json!({"text": "VIP"})).await.ok();
    assert_eq!(written["version"], 1);
    let by_session = api.get(&format!("{session}/contact-note")).await;
    assert_eq!(by_session.ok(), written);
    put(&api, &note, json!({"text": "Other"})).await.problem(409);
    let changed = put(&api, &note, json!({"text": "Other", "version": 1})).await;
    assert_eq!(api.get(&note).await.ok(), changed.ok());

    let merged = format!("{one}/merged-contacts");
    let id = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    let with = format!("{merged}/{}", id(&other));
    assert_eq!(api.get(&merged).await.ok(), json!({"contacts": []}));
    let both = send(&api, Method::PUT, &with).await.ok();
    assert_eq!(both["contacts"][0]["contact"]["id"], id(&other));
    assert_eq!(api.get(&merged).await.ok(), both);
    let by_session = api.get(&format!("{session}/merged-contacts")).await;
    assert_eq!(by_session.ok(), both);
    // Name and note are those of the main one, whichever id is known.
    let noted = api.get(&format!("{other}/note")).await.ok();
    assert_eq!(noted, changed.ok());
    let itself = format!("{merged}/{}", id(&one));
    send(&api, Method::PUT, &itself).await.problem(422);
    for _ in 0..2 {
        let left = send(&api, Method::DELETE, &with).await.ok();
        assert_eq!(left, json!({"contacts": []}));
    }

    // A customer of whom no session is open is changed as well.
    api.post(&format!("{session}/pick-up"), json!({"extension": "201"}))
        .await
        .ok();
    api.post(&format!("{session}/close"), json!({})).await.ok();
    let named = put(&api, &format!("{one}/name"), json!({"name": ""})).await.ok();
    assert_eq!(named["alias"], Value::Null);
}

async fn rights_and_refusals_are_those_of_the_session(story: &Story) {
    let [(one, _), (other, _)] = two(story).await;
    let (name, note) = (format!("{one}/name"), format!("{one}/note"));
    let merged = format!(
        "{one}/merged-contacts/{}",
        other.rsplit('/').next().expect("an id")
    );
    let reader = story.api_with(Scope::Read).await;
    reader.get(&note).await.ok();
    reader.get(&format!("{one}/merged-contacts")).await.ok();
    put(&reader, &name, json!({"name": "Eva"})).await.problem(403);
    put(&reader, &note, json!({"text": "VIP"})).await.problem(403);
    for method in [Method::PUT, Method::DELETE] {
        send(&reader, method, &merged).await.problem(403);
    }
    for path in [&name, &note] {
        for body in [
            json!({}),
            json!({"name": "x", "text": "x"}),
            json!({"name": 1, "text": 1}),
        ] {
            put(&story.api, path, body).await.problem(422);
        }
    }
    put(&story.api, &name, json!({"name": "a\u{0}"}))
        .await
        .problem(422);
    let anonymous = story.anonymous();
    for (who, status) in [(&anonymous, 401), (&story.api, 404)] {
        for id in [NOBODY, "x"] {
            let path = |part: &str| format!("/api/v1/contacts/{id}/{part}");
            let merged = path(&format!("merged-contacts/{NOBODY}"));
            put(who, &path("name"), json!({"name": "Eva"}))
                .await
                .problem(status);
            put(who, &path("note"), json!({"text": "VIP"}))
                .await
                .problem(status);
            for part in ["note", "merged-contacts"] {
                who.get(&path(part)).await.problem(status);
            }
            for method in [Method::PUT, Method::DELETE] {
                send(who, method, &merged).await.problem(status);
            }
        }
    }
    // The contact is there, and the other one is not.
    for id in [NOBODY, "x"] {
        let merged = format!("{one}/merged-contacts/{id}");
        send(&story.api, Method::PUT, &merged).await.problem(404);
    }
}
