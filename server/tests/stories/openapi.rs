//! The OpenAPI document: it is the committed one, it is sound, and the router has what it says. That answers are as it says is
//! checked by all stories (`support::openapi`).

use crate::{
    stories,
    support::{
        Story,
        openapi::{DOCUMENT, resolved},
    },
};
use reqwest::Method;
use serde_json::Value;
use server::http::{
    api::document::document,
    routes::{Access, routes},
};
use std::{
    collections::{BTreeSet, HashSet},
    env, fs,
};

stories! {
    the_router_has_the_documents_methods
    everybody_may_read_it
}

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

/// After a change that is meant: `SWITCHBOARD_REWRITE_GOLDEN=1 cargo nextest run -p server -E 'test(openapi)'`.
#[test]
fn it_is_the_committed_one() {
    let now = document().to_pretty_json().expect("JSON") + "\n";
    if env::var_os("SWITCHBOARD_REWRITE_GOLDEN").is_some() {
        fs::write(COMMITTED, &now).expect("it can be written");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        now == committed,
        "docs/openapi.json is not what the code says: rewrite it"
    );
}

#[test]
fn it_is_sound() {
    let mut names = HashSet::new();
    for (path, method, operation) in operations() {
        let place = format!("{method} {path}");
        let name = operation["operationId"].as_str().expect("a name");
        assert!(
            names.insert(name.to_owned()),
            "{place}: the name {name} is another one's"
        );
        assert!(operation["summary"].is_string(), "{place} says nothing of itself");
        let scope = operation["security"][0]["token"][0].as_str();
        assert!(
            matches!(scope, Some("read" | "operate" | "administer")),
            "{place}: {scope:?}"
        );
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let response = resolved(response);
            assert!(
                response["description"].is_string(),
                "{place} {status} has no description"
            );
        }
        let named: Vec<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let said: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().expect("a name"))
            .collect();
        assert_eq!(said, named, "{place}");
    }
    every_reference_leads_somewhere(&DOCUMENT);
}

fn every_reference_leads_somewhere(value: &Value) {
    match value {
        Value::Object(members) => {
            if members.get("$ref").is_some_and(Value::is_string) {
                assert!(resolved(value).is_object(), "{value} is nowhere");
            }
            members.values().for_each(every_reference_leads_somewhere);
        }
        Value::Array(items) => items.iter().for_each(every_reference_leads_somewhere),
        _ => {}
    }
}

/// Every route of the REST API is in it, but for the one that answers every other address.
#[test]
fn it_has_every_route() {
    let of_api = |access| matches!(access, Access::Token | Access::TokenUpload);
    let routed: BTreeSet<String> = routes()
        .into_iter()
        .filter(|route| of_api(route.access) && !route.path.contains("{*"))
        .map(|route| route.path)
        .collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    assert_eq!(routed, paths.keys().cloned().collect());
    assert!(routed.len() > 40, "{}", routed.len());
}

/// A call is answered once only if the document knows it: one without its header would be made again and again.
#[test]
fn every_post_takes_a_key() {
    let posts = operations().filter(|(_, method, _)| *method == "post");
    let without: Vec<&str> = posts
        .filter(|(_, _, operation)| {
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            !parameters.any(|parameter| parameter["in"] == "header" && parameter["name"] == "Idempotency-Key")
        })
        .map(|(path, ..)| path)
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

async fn the_router_has_the_documents_methods(story: &Story) {
    let mut by_path: Vec<(&str, BTreeSet<String>)> = Vec::new();
    for (path, method, _) in operations() {
        match by_path.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => {
                methods.insert(method.to_uppercase());
            }
            None => by_path.push((path, BTreeSet::from([method.to_uppercase()]))),
        }
    }
    for (path, mut methods) in by_path {
        let address = path.replace(['{', '}'], "");
        let nonsense = Method::from_bytes(b"NONSENSE").expect("a method");
        let answer = story.api.send(story.api.request(nonsense, &address)).await;
        answer.problem(405);
        let allowed: BTreeSet<String> = answer
            .header("allow")
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        // A server that answers GET answers HEAD, too.
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        assert_eq!(allowed, methods, "{path}");
    }
}

async fn everybody_may_read_it(story: &Story) {
    let stranger = story.anonymous();
    let json = stranger.get("/api/v1/openapi.json").await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(json.ok(), *DOCUMENT);
    let page = stranger.get("/api/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for (path, method, operation) in operations() {
        let name = operation["operationId"].as_str().expect("a name");
        assert!(page.text.contains(&format!("<section id=\"{name}\">")), "{name}");
        assert!(
            page.text
                .contains(&format!("<code>{} {path}</code>", method.to_uppercase()))
        );
    }
}

fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let of_path = METHODS.into_iter();
        of_path.filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
    })
}
