//! The simulator over HTTP, for the phone page and for browser journeys. Every change is a JSON body. A page of another
//! origin cannot send JSON without a preflight request, which the simulator never allows.

mod files;

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use futures::{Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::WatchStream;

use crate::faults::Fault;
use crate::handshake::HandshakeError;
use crate::settings::Setting;
use crate::shared::Shared;
use crate::talk::offers;
use crate::world::{
    CustomerId, CustomerSpec, MessageContent, Number, NumberSpec, Outcome, SentMessage, TemplateEvent,
    Unknown, World,
};

/// How many deliveries the log shows by default.
const SHOWN_DELIVERIES: usize = 30;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = Router::new()
        .route("/state", get(state))
        .route("/chat", get(chat))
        .route("/events", get(events))
        .route("/customers", post(add_customer))
        .route("/numbers", post(add_number))
        .route("/say", post(say))
        .route("/call", post(call))
        .route("/choose", post(choose))
        .route("/locate", post(locate))
        .route("/files", put(files::send).layer(DefaultBodyLimit::disable()))
        .route("/read", post(read))
        .route("/status", post(status))
        .route("/faults", post(script).delete(clear_faults))
        .route("/deliveries", get(deliveries))
        .route("/sent", get(sent))
        .route("/subscribe", post(subscribe))
        .route("/settings", post(set))
        .route("/templates", post(template_event))
        .with_state(shared);
    Router::new().nest("/simulator/api", api)
}

impl IntoResponse for Unknown {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

impl IntoResponse for HandshakeError {
    fn into_response(self) -> Response {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": self.to_string() })),
        )
            .into_response()
    }
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let world = shared.world();
    let customers = world.customers.iter().map(|(id, customer)| {
        let mut customer = json!(customer);
        customer["id"] = json!(id);
        customer
    });
    let numbers = world.numbers.values().map(|number| json!(number.spec));
    Json(json!({
        "customers": customers.collect::<Vec<_>>(),
        "numbers": numbers.collect::<Vec<_>>(),
        "faults": {
            "send": world.send_faults,
            "webhook": world.webhook_faults,
            "media_upload": world.media_upload_faults,
            "media_info": world.media_info_faults,
            "media_download": world.media_download_faults,
            "link_fetch": world.link_faults,
        },
        "pending": world.pending,
    }))
}

#[derive(Debug, Deserialize)]
struct Chat {
    customer: CustomerId,
    phone_number_id: String,
}

/// One chat as the customer sees it. `ticks` of a customer's message: `waiting`, `arrived`, `read` or
/// `lost`; a message of the business is `unread` until the customer has read it.
async fn chat(State(shared): State<Arc<Shared>>, Query(chat): Query<Chat>) -> Json<Value> {
    let world = shared.world();
    let ours = |customer, number: &str| customer == chat.customer && number == chat.phone_number_id;
    let said = world
        .said
        .iter()
        .filter(|said| ours(said.customer, &said.phone_number_id));
    let replies = world.sent.iter().filter(|sent| {
        sent.customer
            .is_some_and(|customer| ours(customer, &sent.phone_number_id))
            && !sent.statuses.iter().any(|status| status == "failed")
    });
    let mut messages: Vec<(i64, Value)> = said.map(|said| (said.at, own(&world, said))).collect();
    messages.extend(replies.map(|sent| (sent.at, reply(&world, sent))));
    messages.sort_by_key(|(at, _)| *at);
    let messages: Vec<Value> = messages.into_iter().map(|(_, message)| message).collect();
    let typing = world.typing.get(&(chat.phone_number_id.clone(), chat.customer));
    let now = (shared.options.now)();
    Json(json!({ "messages": messages, "typing": typing.is_some_and(|until| now < *until) }))
}

fn own(world: &World, said: &MessageContent) -> Value {
    let outcomes: Vec<&Outcome> = said
        .deliveries
        .iter()
        .filter_map(|id| Some(&world.deliveries.get(id.0)?.outcome))
        .collect();
    let ticks = if said.read {
        "read"
    } else if outcomes.contains(&&Outcome::Arrived) {
        "arrived"
    } else if outcomes.contains(&&Outcome::Pending) {
        "waiting"
    } else {
        "lost"
    };
    json!({ "id": said.wamid, "own": true, "text": said.text, "at": said.at, "ticks": ticks })
}

fn reply(world: &World, sent: &SentMessage) -> Value {
    let unread = !sent.statuses.iter().any(|status| status == "read");
    let text = world.gist_of(sent);
    let asks = sent.body["interactive"]["type"] == "location_request_message";
    json!({
        "id": sent.wamid, "own": false, "text": text, "at": sent.at, "unread": unread,
        "offers": offers(&sent.body), "asks_location": asks,
    })
}

/// Reports that something has changed; the page then reads its data again.
async fn events(State(shared): State<Arc<Shared>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = WatchStream::new(shared.changed.subscribe());
    let events = changes.map(|()| Ok(Event::default().data("changed")));
    Sse::new(events.take_until(shared.closing.clone().cancelled_owned())).keep_alive(KeepAlive::default())
}

async fn add_customer(State(shared): State<Arc<Shared>>, Json(spec): Json<CustomerSpec>) -> Json<Value> {
    let id = shared.change(|world| world.add_customer(spec));
    Json(json!({ "id": id }))
}

async fn add_number(State(shared): State<Arc<Shared>>, Json(spec): Json<NumberSpec>) -> StatusCode {
    shared.change(|world| {
        let number = Number::new(spec);
        world.numbers.insert(number.spec.phone_number_id.clone(), number);
    });
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct Say {
    customer: CustomerId,
    phone_number_id: String,
    text: String,
}

async fn say(State(shared): State<Arc<Shared>>, Json(say): Json<Say>) -> Result<Json<Value>, Unknown> {
    let wamid = shared.customer_says(say.customer, &say.phone_number_id, &say.text)?;
    Ok(Json(json!({ "wamid": wamid })))
}

#[derive(Debug, Deserialize)]
struct Call {
    customer: CustomerId,
    phone_number_id: String,
    /// How long they talk; without it nobody picks up.
    seconds: Option<u32>,
}

async fn call(State(shared): State<Arc<Shared>>, Json(call): Json<Call>) -> Result<Json<Value>, Unknown> {
    let id = shared.customer_calls(call.customer, &call.phone_number_id, call.seconds)?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Debug, Deserialize)]
struct Choose {
    customer: CustomerId,
    /// The message of the business.
    wamid: String,
    /// The id of the button or row.
    id: String,
}

async fn choose(
    State(shared): State<Arc<Shared>>,
    Json(choose): Json<Choose>,
) -> Result<Json<Value>, Unknown> {
    let wamid = shared.customer_chooses(choose.customer, &choose.wamid, &choose.id)?;
    Ok(Json(json!({ "wamid": wamid })))
}

#[derive(Debug, Deserialize)]
struct Locate {
    customer: CustomerId,
    phone_number_id: String,
    latitude: f64,
    longitude: f64,
}

async fn locate(State(shared): State<Arc<Shared>>, Json(at): Json<Locate>) -> Result<Json<Value>, Unknown> {
    let wamid = shared.customer_is_at(at.customer, &at.phone_number_id, at.latitude, at.longitude)?;
    Ok(Json(json!({ "wamid": wamid })))
}

#[derive(Debug, Deserialize)]
struct OfTemplate {
    waba_id: String,
    name: String,
    language: String,
    #[serde(flatten)]
    event: TemplateEvent,
}

/// Something happens to a template, such as `{"event": "status", "status": "PAUSED"}`.
async fn template_event(
    State(shared): State<Arc<Shared>>,
    Json(of): Json<OfTemplate>,
) -> Result<StatusCode, Unknown> {
    shared.template_event(&of.waba_id, &of.name, &of.language, of.event)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
struct Read {
    customer: CustomerId,
    phone_number_id: Option<String>,
}

async fn read(State(shared): State<Arc<Shared>>, Json(read): Json<Read>) -> Result<StatusCode, Unknown> {
    shared.customer_reads(read.customer, read.phone_number_id.as_deref())?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
struct Status {
    wamid: String,
    status: String,
    #[serde(default)]
    errors: Vec<Value>,
}

async fn status(
    State(shared): State<Arc<Shared>>,
    Json(report): Json<Status>,
) -> Result<StatusCode, Unknown> {
    shared.post_status(&report.wamid, &report.status, &report.errors)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn script(State(shared): State<Arc<Shared>>, Json(fault): Json<Fault>) -> StatusCode {
    shared.change(|world| world.script(fault));
    StatusCode::NO_CONTENT
}

async fn set(State(shared): State<Arc<Shared>>, Json(setting): Json<Setting>) -> Result<StatusCode, Unknown> {
    shared.change(|world| world.set(setting))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.change(World::clear_faults);
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct Last {
    last: Option<usize>,
}

/// The last deliveries, newest first.
async fn deliveries(State(shared): State<Arc<Shared>>, Query(wanted): Query<Last>) -> Json<Value> {
    let world = shared.world();
    let shown = world
        .deliveries
        .iter()
        .rev()
        .take(wanted.last.unwrap_or(SHOWN_DELIVERIES));
    Json(json!(shown.collect::<Vec<_>>()))
}

async fn sent(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!(shared.world().sent))
}

#[derive(Debug, Deserialize)]
struct Subscribe {
    app_id: String,
    callback_url: String,
    verify_token: String,
}

async fn subscribe(
    State(shared): State<Arc<Shared>>,
    Json(wanted): Json<Subscribe>,
) -> Result<StatusCode, HandshakeError> {
    shared
        .subscribe(&wanted.app_id, &wanted.callback_url, &wanted.verify_token)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
