//! `/api/docs`: the OpenAPI document as a page to read, without a script.

use super::document::{METHODS, document};
use crate::http::{
    page_frame::{CACHING, Frame, Parts, escaped},
    state::Http,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use serde_json::{Map, Value};
use std::{fmt::Write as _, sync::LazyLock};

const HEAD: &str = "<a class=\"help-name\" href=\"/api/docs\">REST API</a><span class=\"help-gap\"></span>\
    <a class=\"button quiet\" href=\"/api/v1/openapi.json\">OpenAPI document</a>\
    <a class=\"button quiet\" href=\"/help/en\">Handbook</a>\
    <a class=\"button quiet\" href=\"/inbox\">Console</a>";

static BODY: LazyLock<String> =
    LazyLock::new(|| body(&serde_json::to_value(document()).expect("a document is JSON")));

pub async fn page(State(http): State<Http>, headers: HeaderMap) -> Response {
    let page = Frame::of(&http, &headers).around(Parts {
        language: "en",
        title: "REST API",
        skip: "Skip to the content",
        head: HEAD,
        body: &BODY,
    });
    ([CACHING], page).into_response()
}

/// One operation with its method and path.
struct Operation<'d> {
    method: &'static str,
    path: &'d str,
    about: &'d Value,
}

impl Operation<'_> {
    fn tag(&self) -> &str {
        self.about["tags"][0].as_str().unwrap_or_default()
    }

    fn id(&self) -> &str {
        self.about["operationId"].as_str().unwrap_or_default()
    }
}

fn body(document: &Value) -> String {
    let operations = operations(document);
    let mut tags: Vec<&str> = operations.iter().map(Operation::tag).collect();
    tags.sort_unstable();
    tags.dedup();
    let mut contents =
        String::from("<div class=\"help-body api\"><nav class=\"help-contents\" aria-label=\"Contents\">");
    let mut article = format!(
        "<main id=\"content\" tabindex=\"-1\"><article class=\"help-page\"><h1>REST API</h1><p>{}</p><p>{}</p>",
        words(&document["info"]["description"]),
        words(&document["components"]["securitySchemes"]["token"]["description"]),
    );
    for tag in tags {
        let name = escaped(tag);
        let _ = write!(contents, "<h2>{name}</h2><ul>");
        let _ = write!(article, "<h2>{name}</h2>");
        for operation in operations.iter().filter(|operation| operation.tag() == tag) {
            let Operation { method, path, about } = operation;
            let (id, method, path) = (escaped(operation.id()), method.to_uppercase(), escaped(path));
            let short = path.trim_start_matches("/api/v1");
            let _ = write!(contents, "<li><a href=\"#{id}\">{method} {short}</a></li>");
            let name = format!("{method} {path}");
            let _ = write!(article, "<section id=\"{id}\"><h3><code>{name}</code></h3>");
            describe(&mut article, &name, about);
            article.push_str("</section>");
        }
        contents.push_str("</ul>");
    }
    contents.push_str("<h2><a href=\"#schemas\">Schemas</a></h2></nav>");
    article.push_str("<h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let name = escaped(name);
        let _ = write!(article, "<section id=\"schema-{name}\"><h3>{name}</h3>");
        paragraph(&mut article, &schema["description"]);
        shape(&mut article, &name, schema);
        article.push_str("</section>");
    }
    article.push_str("</article></main></div>");
    contents + &article
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for (method, ..) in METHODS {
            if let Some(about) = item.get(method) {
                operations.push(Operation { method, path, about });
            }
        }
    }
    operations
}

/// What the operation of this name does, takes and answers.
fn describe(to: &mut String, name: &str, about: &Value) {
    paragraph(to, &about["summary"]);
    paragraph(to, &about["description"]);
    let scope = about["security"][0]["token"][0].as_str().unwrap_or_default();
    let _ = write!(to, "<p>Scope: <code>{}</code></p>", escaped(scope));
    let parameters = about["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows = String::new();
    for parameter in parameters {
        let required = if parameter["required"] == true {
            "Required. "
        } else {
            ""
        };
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{required}{}</td></tr>",
            words(&parameter["name"]),
            words(&parameter["in"]),
            kind(&parameter["schema"]),
            words(&parameter["description"]),
        );
    }
    let label = format!("Parameters of {name}");
    table(to, &label, &["Parameter", "In", "Type", "Meaning"], &rows);
    let optional = match about["requestBody"]["required"] == true {
        true => "",
        false => " (optional)",
    };
    for (media, body) in members(&about["requestBody"]["content"]) {
        let _ = write!(
            to,
            "<p>Body{optional}, <code>{}</code>: {}</p>",
            escaped(media),
            kind(&body["schema"])
        );
    }
    let (mut rows, mut problems) = (String::new(), Vec::new());
    for (status, response) in members(&about["responses"]) {
        if response.get("$ref").is_some() {
            problems.push(escaped(status));
            continue;
        }
        let bodies: Vec<String> = members(&response["content"])
            .map(|(media, body)| match body.get("schema") {
                Some(schema) if media == "application/json" => kind(schema),
                _ => format!("<code>{}</code>", escaped(media)),
            })
            .collect();
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(status),
            words(&response["description"]),
            bodies.join(", "),
        );
    }
    let _ = write!(
        rows,
        "<tr><td>{}</td><td>What is wrong.</td><td><a href=\"#schema-Problem\">Problem</a></td></tr>",
        problems.join(", ")
    );
    let label = format!("Answers of {name}");
    table(to, &label, &["Answer", "Meaning", "Body"], &rows);
}

/// A table, unless it is empty. A wide one scrolls, also by the keyboard.
fn table(to: &mut String, label: &str, heads: &[&str], rows: &str) {
    if rows.is_empty() {
        return;
    }
    let heads = heads.join("</th><th>");
    let _ = write!(
        to,
        "<div class=\"help-table\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\"><table><thead><tr><th>{heads}</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    );
}

/// The members of an object, its parts or its variants.
fn shape(to: &mut String, name: &str, schema: &Value) {
    let properties = members(&schema["properties"]);
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows = String::new();
    for (member, property) in properties {
        let missing = if required.iter().any(|field| field == member) {
            ""
        } else {
            "May be missing. "
        };
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{missing}{}</td></tr>",
            escaped(member),
            kind(property),
            words(&property["description"]),
        );
    }
    let label = format!("Members of {name}");
    table(to, &label, &["Member", "Type", "Meaning"], &rows);
    if rows.is_empty() && schema.get("type").is_some_and(|kind| kind != "object") {
        let _ = write!(to, "<p>{}</p>", kind(schema));
    }
    for (word, said) in [("allOf", "All of:"), ("oneOf", "One of:"), ("anyOf", "Any of:")] {
        let Some(parts) = schema[word].as_array() else {
            continue;
        };
        let _ = write!(to, "<p>{said}</p><ul>");
        for (nth, part) in parts.iter().enumerate() {
            to.push_str("<li>");
            match part.get("properties").is_some() || part.get("allOf").is_some() {
                true => shape(to, &format!("{name}, part {}", nth + 1), part),
                false => to.push_str(&kind(part)),
            }
            to.push_str("</li>");
        }
        to.push_str("</ul>");
    }
}

/// A type in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        let name = escaped(name.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[word].as_array() {
            let between = if word == "allOf" { " and " } else { " or " };
            return parts.iter().map(kind).collect::<Vec<_>>().join(between);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("<code>{}</code>", words(value)))
            .collect();
        return values.join(", ");
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    let named: Vec<String> = names
        .into_iter()
        .map(|name| match name {
            "array" => format!("list of {}", kind(&schema["items"])),
            "object" if schema["additionalProperties"].is_object() => {
                format!("map of {}", kind(&schema["additionalProperties"]))
            }
            name => escaped(name),
        })
        .collect();
    let mut about: Vec<String> = schema["format"].as_str().map(escaped).into_iter().collect();
    about.extend(limits(schema));
    let named = named.join(" or ");
    match about.is_empty() {
        true => named,
        false => format!("{named} ({})", about.join(", ")),
    }
}

/// The limits of a value in words.
fn limits(schema: &Value) -> Vec<String> {
    let mut limits = Vec::new();
    for (what, least, most) in [
        ("", "minimum", "maximum"),
        ("characters: ", "minLength", "maxLength"),
        ("items: ", "minItems", "maxItems"),
    ] {
        match (schema.get(least), schema.get(most)) {
            (Some(least), Some(most)) => limits.push(format!("{what}{least} to {most}")),
            (Some(least), None) => limits.push(format!("{what}at least {least}")),
            (None, Some(most)) => limits.push(format!("{what}at most {most}")),
            (None, None) => {}
        }
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        limits.push(format!("pattern <code>{}</code>", escaped(pattern)));
    }
    limits
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn paragraph(to: &mut String, text: &Value) {
    let text = words(text);
    if !text.is_empty() {
        let _ = write!(to, "<p>{text}</p>");
    }
}

/// Every other piece between backticks is code.
fn words(value: &Value) -> String {
    let text = escaped(value.as_str().unwrap_or_default());
    let pieces = text.split('`').enumerate();
    let pieces = pieces.map(|(nth, piece)| match nth % 2 {
        1 => format!("<code>{piece}</code>"),
        _ => piece.to_owned(),
    });
    pieces.collect()
}
