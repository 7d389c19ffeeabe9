//! Compares each answer of the REST API with the OpenAPI document, in all stories.

use super::http::Answer;
use jsonschema::{Validator, options};
use reqwest::Method;
use serde_json::{Value, json};
use server::http::api::document::document;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(document()).expect("the document is JSON"));

/// By the place of the schema in the document.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Asserts that the document knows this answer.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some((template, item)) = described(path) else {
        return;
    };
    // What nobody may call is answered the same for all.
    let Some(operation) = item.get(method.as_str().to_lowercase()) else {
        return;
    };
    let status = answer.status.as_str();
    let place = format!("{method} {template} {status}");
    let response = &operation["responses"][status];
    let response = resolved(response);
    assert!(
        response.is_object(),
        "{place} is not in the OpenAPI document: {}",
        answer.text
    );
    if answer.text.is_empty() {
        return;
    }
    let content = response["content"].as_object();
    let media = answer.header("content-type");
    let media = media.split(';').next().unwrap_or_default();
    let body = content.and_then(|content| content.get(media).or_else(|| content.get("*/*")));
    let body = body.unwrap_or_else(|| panic!("{place} is no {media} in the OpenAPI document"));
    if !media.ends_with("json") {
        return;
    }
    let validator = validator(&place, &body["schema"]);
    let json = answer.json();
    let errors: Vec<String> = validator
        .iter_errors(&json)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{place} is not as the OpenAPI document says: {}\n{json:#}",
        errors.join("\n")
    );
}

fn validator(place: &str, schema: &Value) -> Arc<Validator> {
    let lock = || VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(place) {
        return known.clone();
    }
    let root = json!({"allOf": [schema], "components": DOCUMENT["components"]});
    let validator = options().build(&root).expect("the schema is valid");
    let validator = Arc::new(validator);
    lock().insert(place.to_owned(), validator.clone());
    validator
}

/// What stands at a place that a reference names.
pub fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        Some(place) => DOCUMENT.pointer(place).unwrap_or(&Value::Null),
        None => value,
    }
}

/// The path of the document that an address belongs to; one without a parameter in the place comes first.
fn described(path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object()?;
    let fits = |template: &str| {
        let (mut given, mut wanted) = (path.split('/'), template.split('/'));
        loop {
            match (given.next(), wanted.next()) {
                (None, None) => return true,
                (Some(given), Some(wanted)) if given == wanted || wanted.starts_with('{') => {}
                _ => return false,
            }
        }
    };
    let found = paths.iter().filter(|(template, _)| fits(template));
    let found = found.min_by_key(|(template, _)| template.matches('{').count());
    found.map(|(template, item)| (template.as_str(), item))
}
