//! The OpenAPI document of the REST API (<https://spec.openapis.org/oas/v3.1.0>), put together from what stands beside the
//! handlers. What is the same for all of them is added here.

use super::{
    events,
    key::{self, repeats},
    problem::Problem,
    routes,
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    message::MAX_KEY,
    openapi::{Schemas, without_empty_defaults},
};
use std::sync::LazyLock;
use utoipa::{
    PartialSchema as _, ToSchema,
    openapi::{
        Components, ContentBuilder, Info, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
        Required, ResponseBuilder, Server, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

const ABOUT: &str = "WhatsApp sessions, messages and channels of a PBX, for scripts, a PBX or a CRM. Times are RFC 3339 in UTC unless a \
    field says otherwise. Errors are problem+json (RFC 9457); their `type` is stable, and `fields` names what is wrong. \
    Lists come in pages: pass `next_cursor` back as `cursor`.";
const TOKEN: &str = "An API token, made in System › API tokens or by `switchboard token create`. Its scope is `read`, `operate` or \
    `administer`; each includes the one before. An operation names the scope that it needs. A token may be bound to one channel or \
    queue: what is not within its reach is 404, and what is about the whole company 403.";
const KEY: &str = "Makes repeating safe: for 24 hours the same request with the same key has one effect and is answered alike, \
    with `Idempotent-Replayed: true`; another request with this key is refused (422, `urn:switchboard:key_reused`). While the \
    first one is in progress: 409 with `Retry-After` (`urn:switchboard:request_in_progress`). If its answer was lost: 409 \
    (`urn:switchboard:outcome_unknown`). A refusal (4xx, 5xx) of a request that had no effect is not kept: the request may be \
    made again. A token has up to about 100,000 keys within 24 hours; further ones are refused with 429 \
    (`urn:switchboard:too_many_keys`). 1 to 255 printable ASCII characters, bare or in quotes.";

type OperationOf = fn(&mut PathItem) -> Option<&mut Operation>;

/// The methods in the order of the reference: the name, whether it changes anything, the operation at a path.
pub const METHODS: [(&str, bool, OperationOf); 7] = [
    ("get", false, |item| item.get.as_mut()),
    ("head", false, |item| item.head.as_mut()),
    ("post", true, |item| item.post.as_mut()),
    ("put", true, |item| item.put.as_mut()),
    ("patch", true, |item| item.patch.as_mut()),
    ("delete", true, |item| item.delete.as_mut()),
    ("options", false, |item| item.options.as_mut()),
];

static JSON: LazyLock<String> = LazyLock::new(|| document().to_pretty_json().expect("a document is JSON"));

/// `/api/v1/openapi.json`.
pub async fn json() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, JSON.as_str()).into_response()
}

/// Puts the whole document together. It takes some 8 MB, so nobody keeps it.
pub fn document() -> OpenApi {
    let mut info = Info::new("Switchboard", env!("CARGO_PKG_VERSION"));
    info.description = Some(ABOUT.to_owned());
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .build();
    let mut components = Components::new();
    for described in routes::routes().into_iter().chain(routes::uploads()) {
        let (schemas, paths, _) = described();
        add(&mut components, schemas);
        for (path, mut item) in paths.paths {
            complete(&path, &mut item);
            document.paths.paths.insert(path, item);
        }
    }
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    add(&mut components, schemas);
    for schema in components.schemas.values_mut() {
        without_empty_defaults(schema);
    }
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(TOKEN))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Problem::name())))
        .build();
    let problem = ResponseBuilder::new()
        .description("What is wrong, in the words of RFC 9457.")
        .content("application/problem+json", content)
        .build();
    components.responses.insert("Problem".to_owned(), problem.into());
    document.components = Some(components);
    document.webhooks = Some(events::types::webhooks());
    document
}

fn add(components: &mut Components, schemas: Schemas) {
    for (name, schema) in schemas {
        let other = components.schemas.insert(name.clone(), schema.clone());
        assert!(
            other.is_none_or(|other| other == schema),
            "two schemas have the name {name}"
        );
    }
}

/// Adds to the operations at a path what no handler says: unique names, and the errors that come from around them.
fn complete(path: &str, item: &mut PathItem) {
    let about_one = path.contains('{');
    if let Some(post) = &mut item.post
        && repeats(path)
    {
        let parameters = post.parameters.get_or_insert_default();
        parameters.push(RefOr::T(idempotency_key()));
    }
    for (_, changes, operation_of) in METHODS {
        let Some(operation) = operation_of(item) else {
            continue;
        };
        let tag = operation
            .tags
            .iter()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default();
        let name = operation.operation_id.take().unwrap_or_default();
        operation.operation_id = Some(format!("{}_{name}", tag.to_lowercase().replace(' ', "_")));
        let mut errors = vec![400, 401, 403, 405, 408, 429, 500, 503];
        if about_one {
            errors.push(404);
        }
        if changes {
            errors.extend([409, 412, 422]);
        }
        if operation.request_body.is_some() {
            errors.extend([413, 415]);
        }
        for status in errors {
            let problem = RefOr::Ref(Ref::from_response_name("Problem"));
            let responses = &mut operation.responses.responses;
            responses.entry(status.to_string()).or_insert(problem);
        }
    }
}

/// The header by which a POST may be repeated.
fn idempotency_key() -> Parameter {
    let word = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_KEY));
    ParameterBuilder::new()
        .name(key::KEY)
        .parameter_in(ParameterIn::Header)
        .description(Some(KEY))
        .required(Required::False)
        .schema(Some(word))
        .build()
}
