//! What the document says of each operation, for the layers that refuse what an operation does not take.

use super::document::document;
use axum::extract::{MatchedPath, Request};
use domain::access::Scope;
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

/// By method and path.
static OPERATIONS: LazyLock<HashMap<(String, String), Operation>> = LazyLock::new(read);

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// The names of its parameters in the address.
    pub query: BTreeSet<String>,
    /// The names of its headers.
    pub headers: BTreeSet<String>,
    pub scope: Option<Scope>,
}

/// The operation that a request asks for; `None`: the document has none.
pub fn of(request: &Request) -> Option<&'static Operation> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    // HEAD is answered as GET.
    let method = match request.method().as_str() {
        "HEAD" => "GET",
        other => other,
    };
    OPERATIONS.get(&(method.to_owned(), path.to_owned()))
}

fn read() -> HashMap<(String, String), Operation> {
    let document = serde_json::to_value(document()).expect("a document is JSON");
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, about)| ((method.to_uppercase(), path.clone()), operation(about)))
    });
    operations.collect()
}

fn operation(about: &Value) -> Operation {
    let scope = about["security"][0]["token"][0].as_str();
    Operation {
        query: parameters(about, "query"),
        headers: parameters(about, "header"),
        scope: scope.and_then(|scope| scope.parse().ok()),
    }
}

fn parameters(about: &Value, place: &str) -> BTreeSet<String> {
    let parameters = about["parameters"].as_array().into_iter().flatten();
    parameters
        .filter(|parameter| parameter["in"] == place)
        .filter_map(|parameter| parameter["name"].as_str())
        .map(str::to_owned)
        .collect()
}
