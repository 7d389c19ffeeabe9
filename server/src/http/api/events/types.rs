//! The types of events. An event has the shape of Standard Webhooks (<https://www.standardwebhooks.com>), here and where
//! webhooks are called. A type that was told once keeps its name and its fields.

use super::data::{
    OfChannel, OfContact, OfDeletedChannel, OfDeletedContact, OfExtension, OfMessage, OfSession, OfStatus,
    OfTemplate, OfTimeline, OfWebhook,
};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, ObjectBuilder, PathItem, Paths, PathsBuilder, Ref, RefOr, Required,
        ResponseBuilder, Schema, Type,
        path::OperationBuilder,
        request_body::RequestBodyBuilder,
        schema::{Discriminator, KnownFormat, SchemaFormat},
    },
};

/// An event.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) timestamp: String,
    #[serde(flatten)]
    pub(super) what: ApiEvent,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", content = "data")]
pub(super) enum ApiEvent {
    /// A session was opened. One that begins with a message from the phone is closed at once.
    #[serde(rename = "session.opened")]
    SessionOpened(OfTimeline),
    /// A session got a place: its channel led it to an extension or a queue, its queue gave it to somebody who was online,
    /// or it lost its extension.
    #[serde(rename = "session.routed")]
    SessionRouted(OfTimeline),
    /// Somebody picked a session up.
    #[serde(rename = "session.picked_up")]
    SessionPickedUp(OfTimeline),
    /// Somebody moved a session to an extension or a queue.
    #[serde(rename = "session.transferred")]
    SessionTransferred(OfTimeline),
    /// A session was closed.
    #[serde(rename = "session.closed")]
    SessionClosed(OfTimeline),
    /// A closed session was opened again.
    #[serde(rename = "session.reopened")]
    SessionReopened(OfTimeline),
    /// Two sessions became one, because their contacts turned out to be one. Each of the two is told of; the
    /// later one is closed with it.
    #[serde(rename = "session.joined")]
    SessionJoined(OfTimeline),
    /// The owner of a session put it off.
    #[serde(rename = "session.snoozed")]
    SessionSnoozed(OfTimeline),
    /// A session that was put off came back: its time had come, its owner brought it, or its customer wrote. A new owner and
    /// the end of a session end it as well, and are told by themselves.
    #[serde(rename = "session.woken")]
    SessionWoken(OfTimeline),
    /// A label was put on a session, or taken off. That a label itself was renamed or deleted is not told.
    #[serde(rename = "session.labelled")]
    SessionLabelled(OfSession),
    /// Somebody wrote a note for colleagues; it is the line's `reason`.
    #[serde(rename = "note.written")]
    NoteWritten(OfTimeline),
    /// A customer wrote, reacted, edited or took back.
    #[serde(rename = "message.received")]
    MessageReceived(OfMessage),
    /// A message to a customer was put into the outbox, or somebody wrote it on the phone. What a queued message waits for is not
    /// told. If Meta reports a status before it answers, only the status is told.
    #[serde(rename = "message.sent")]
    MessageSent(OfMessage),
    /// WhatsApp sent, delivered or showed a message to the customer.
    #[serde(rename = "message.status_changed")]
    MessageStatusChanged(OfStatus),
    /// A message did not reach the customer, or nobody knows whether it did.
    #[serde(rename = "message.failed")]
    MessageFailed(OfStatus),
    /// A contact got another name, note or number, or was merged with another one or separated from it, here or by Meta.
    #[serde(rename = "contact.changed")]
    ContactChanged(OfContact),
    /// A contact was erased, is no longer kept, or turned out to be a part of another one. Its messages and sessions go with
    /// it, or to the other one; that a session is no longer kept is not told.
    #[serde(rename = "contact.deleted")]
    ContactDeleted(OfDeletedContact),
    /// Somebody blocked a customer on a channel.
    #[serde(rename = "contact.blocked")]
    ContactBlocked(OfTimeline),
    /// Somebody took that back.
    #[serde(rename = "contact.unblocked")]
    ContactUnblocked(OfTimeline),
    /// The settings of a channel changed, or its status.
    #[serde(rename = "channel.changed")]
    ChannelChanged(OfChannel),
    /// A channel was deleted.
    #[serde(rename = "channel.deleted")]
    ChannelDeleted(OfDeletedChannel),
    /// Meta told of a template's status, quality, category or text. A template that is new is told of when it was read, some
    /// seconds later.
    #[serde(rename = "template.changed")]
    TemplateChanged(OfTemplate),
    /// Somebody chose whether an extension gets new sessions, or the PBX did; also if it is the same as before.
    #[serde(rename = "extension.availability_changed")]
    ExtensionAvailabilityChanged(OfExtension),
    /// A webhook was switched off: by an administrator, because it answered 410, or because nothing had got through for five
    /// days. Only tokens that may administer are told.
    #[serde(rename = "webhook.switched_off")]
    WebhookSwitchedOff(OfWebhook),
}

impl PartialSchema for Event {
    fn schema() -> RefOr<Schema> {
        let all = types().into_iter();
        let one = all.fold(utoipa::openapi::OneOfBuilder::new(), |one, kind| {
            one.item(Ref::from_schema_name(kind.name))
        });
        one.description(Some("An event. Its `type` says what is in `data`."))
            .discriminator(Some(Discriminator::new("type")))
            .into()
    }
}

impl ToSchema for Event {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(types().into_iter().map(|kind| (kind.name, kind.schema)));
        // Each once: the enum would give what a session is for each type of event.
        add::<OfTimeline>(schemas);
        add::<OfSession>(schemas);
        add::<OfMessage>(schemas);
        add::<OfStatus>(schemas);
        add::<OfContact>(schemas);
        add::<OfDeletedContact>(schemas);
        add::<OfChannel>(schemas);
        add::<OfDeletedChannel>(schemas);
        add::<OfTemplate>(schemas);
        add::<OfExtension>(schemas);
        add::<OfWebhook>(schemas);
    }
}

fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// A type of events as the document describes it.
struct Kind {
    name: String,
    about: Option<String>,
    schema: RefOr<Schema>,
}

/// All types, each with the fields that every event has.
fn types() -> Vec<Kind> {
    let all = match ApiEvent::schema() {
        RefOr::T(Schema::OneOf(all)) => all.items,
        _ => Vec::new(),
    };
    all.into_iter().filter_map(kind).collect()
}

fn kind(variant: RefOr<Schema>) -> Option<Kind> {
    let RefOr::T(Schema::Object(mut object)) = variant else {
        return None;
    };
    let RefOr::T(Schema::Object(word)) = object.properties.get("type")? else {
        return None;
    };
    let name = word.enum_values.as_ref()?.first()?.as_str()?.to_owned();
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let id = text().description(Some("The same whenever the event is told again."));
    let at = text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("When it happened."));
    object.properties.insert("id".to_owned(), id.into());
    object.properties.insert("timestamp".to_owned(), at.into());
    object.required.extend(["id".to_owned(), "timestamp".to_owned()]);
    Some(Kind {
        name,
        about: object.description.clone(),
        schema: Schema::Object(object).into(),
    })
}

/// The `webhooks` of the document: what a receiver of each type is sent.
pub fn webhooks() -> Paths {
    let all = types().into_iter().fold(PathsBuilder::new(), |all, kind| {
        let event = Ref::from_schema_name(&kind.name);
        let body = RequestBodyBuilder::new()
            .content(
                "application/json",
                ContentBuilder::new().schema(Some(event)).build(),
            )
            .required(Some(Required::True));
        let taken = ResponseBuilder::new().description("The event is taken.");
        let operation = OperationBuilder::new()
            .summary(kind.about)
            .request_body(Some(body.build()))
            .response("2XX", taken.build());
        all.path(kind.name, PathItem::new(HttpMethod::Post, operation))
    });
    all.build()
}

#[cfg(test)]
mod tests {
    use super::types;
    use domain::webhook::EVENT_TYPES;

    #[test]
    fn webhooks_may_want_every_type() {
        let names: Vec<String> = types().into_iter().map(|kind| kind.name).collect();
        assert_eq!(names, EVENT_TYPES);
    }
}
