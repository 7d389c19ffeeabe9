//! Refuses parameters that an operation does not have: a filter with a slip of the pen would answer what nobody asked for.

use super::{document::document, problem::Problem};
use axum::{
    extract::{MatchedPath, Request},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};
use url::form_urlencoded;

/// The names that each operation knows, by method and path.
static KNOWN: LazyLock<HashMap<(String, String), BTreeSet<String>>> = LazyLock::new(known);

/// The layer for all operations that the document describes.
pub async fn refuse_unknown(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    // HEAD is answered as GET.
    let method = match request.method().as_str() {
        "HEAD" => "GET",
        other => other,
    };
    let known = path.and_then(|path| KNOWN.get(&(method.to_owned(), path.to_owned())));
    let query = request.uri().query().unwrap_or_default();
    let is_known = |known: &BTreeSet<String>| {
        form_urlencoded::parse(query.as_bytes()).all(|(name, _)| known.contains(name.as_ref()))
    };
    match known.filter(|known| !is_known(known)) {
        None => next.run(request).await,
        Some(known) => Problem::of(StatusCode::BAD_REQUEST, asks_for(known)).into_response(),
    }
}

fn asks_for(known: &BTreeSet<String>) -> String {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    match names.is_empty() {
        true => "the address has a parameter, and this operation has none".to_owned(),
        false => format!(
            "the address has a parameter that this operation does not have; it has {}",
            names.join(", ")
        ),
    }
}

fn known() -> HashMap<(String, String), BTreeSet<String>> {
    let document = serde_json::to_value(document()).expect("a document is JSON");
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, about)| ((method.to_uppercase(), path.clone()), names(about)))
    });
    operations.collect()
}

fn names(about: &Value) -> BTreeSet<String> {
    let parameters = about["parameters"].as_array().into_iter().flatten();
    parameters
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str())
        .map(str::to_owned)
        .collect()
}
