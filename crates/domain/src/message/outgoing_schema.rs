//! How a message to send is described in the API's document: by its type, with the limits that are checked.

use super::{
    Outgoing,
    content::{
        Contact, Interactive, MAX_CAPTION, MAX_TEXT, Template,
        check::{
            MAX_CONTACTS, MAX_EMOJI,
            limits::{MAX_ADDRESS, MAX_LINE},
        },
        openapi::sendable_interactive,
    },
    outgoing::MAX_WAMID,
};
use crate::{
    ids::FileId,
    openapi::{Schemas, closed, collect, reference, text, word},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type},
    },
};

impl Outgoing {
    /// One closed object for each type that can be sent. `with` adds what a request may say besides.
    pub fn described(with: impl Fn(ObjectBuilder) -> ObjectBuilder) -> RefOr<Schema> {
        let interactive = sendable_interactive();
        let interactive = interactive
            .into_iter()
            .fold(OneOfBuilder::new(), OneOfBuilder::item);
        let contacts = ArrayBuilder::new()
            .items(reference::<Contact>())
            .min_items(Some(1))
            .max_items(Some(MAX_CONTACTS));
        let shapes: [(&str, RefOr<Schema>); 11] = [
            ("text", words().into()),
            ("image", file([caption()])),
            ("video", file([caption()])),
            ("audio", file([voice()])),
            ("document", file([caption(), filename()])),
            ("sticker", file([])),
            ("location", place().into()),
            ("contacts", contacts.into()),
            ("interactive", interactive.into()),
            ("reaction", reaction().into()),
            ("template", reference::<Template>()),
        ];
        let shape = |(kind, own): (&str, RefOr<Schema>)| {
            let object = closed(with(ObjectBuilder::new()))
                .property("type", word(kind))
                .property(kind, own)
                .required("type")
                .required(kind);
            match kind {
                // It names its message itself.
                "reaction" => object,
                _ => object.property("context", context()),
            }
        };
        shapes
            .into_iter()
            .map(shape)
            .fold(OneOfBuilder::new(), OneOfBuilder::item)
            .into()
    }
}

impl PartialSchema for Outgoing {
    fn schema() -> RefOr<Schema> {
        Self::described(|object| object)
    }
}

impl ToSchema for Outgoing {
    fn name() -> std::borrow::Cow<'static, str> {
        "OutgoingMessage".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<FileId>(schemas);
        collect::<Contact>(schemas);
        Interactive::schemas(schemas);
        collect::<Template>(schemas);
    }
}

fn context() -> ObjectBuilder {
    closed(ObjectBuilder::new())
        .description(Some("The message that this one answers."))
        .property("message_id", wamid())
        .required("message_id")
}

fn wamid() -> ObjectBuilder {
    text()
        .description(Some("The wamid of the message."))
        .pattern(Some(r"^\S+$"))
        .max_length(Some(MAX_WAMID))
}

fn words() -> ObjectBuilder {
    let body = text().pattern(Some(r"\S")).max_length(Some(MAX_TEXT));
    let preview = ObjectBuilder::new().schema_type(Type::Boolean).description(Some(
        "Whether WhatsApp shows a preview of the first link. By default it does.",
    ));
    closed(ObjectBuilder::new())
        .property("body", body)
        .property("preview_url", preview)
        .required("body")
}

type Field = (&'static str, ObjectBuilder);

fn caption() -> Field {
    ("caption", optional().max_length(Some(MAX_CAPTION)))
}

fn filename() -> Field {
    ("filename", optional().max_length(Some(MAX_LINE)))
}

fn voice() -> Field {
    let voice = ObjectBuilder::new().schema_type(Type::Boolean);
    ("voice", voice.description(Some("A voice message.")))
}

/// One of an id at Meta, an address and an uploaded file, and fields that the kind of file may have.
fn file<const N: usize>(more: [Field; N]) -> RefOr<Schema> {
    let id = || {
        text()
            .description(Some("The id of a file that is stored at Meta."))
            .pattern(Some(r"\S"))
            .max_length(Some(MAX_LINE))
    };
    let link = || {
        text()
            .description(Some("An address from which Meta fetches the file."))
            .pattern(Some(r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s\\]+$"))
            .max_length(Some(MAX_ADDRESS))
    };
    let all = closed(ObjectBuilder::new())
        .property("id", id())
        .property("link", link())
        .property("file", reference::<FileId>());
    let all = more
        .into_iter()
        .fold(all, |all, (name, field)| all.property(name, field));
    let only = |name: &str, of: RefOr<Schema>| ObjectBuilder::new().property(name, of).required(name);
    let source = OneOfBuilder::new()
        .item(only("id", id().into()))
        .item(only("link", link().into()))
        .item(only("file", reference::<FileId>()));
    AllOfBuilder::new()
        .description(Some(
            "A file: one of an id at Meta, an address, and a file that was uploaded here.",
        ))
        .item(all)
        .item(Schema::OneOf(source.build()))
        .into()
}

fn optional() -> ObjectBuilder {
    text().schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

fn place() -> ObjectBuilder {
    let degrees = |most: i32| {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(-most))
            .maximum(Some(most));
        OneOfBuilder::new()
            .description(Some("Degrees, in text or not."))
            .item(number)
            .item(text().pattern(Some(r"^[+-]?[0-9]{1,3}(\.[0-9]+)?$")))
    };
    closed(ObjectBuilder::new())
        .property("latitude", degrees(90))
        .property("longitude", degrees(180))
        .property("name", optional().max_length(Some(MAX_LINE)))
        .property("address", optional().max_length(Some(MAX_LINE)))
        .required("latitude")
        .required("longitude")
}

fn reaction() -> ObjectBuilder {
    closed(ObjectBuilder::new())
        .property("message_id", wamid())
        .property(
            "emoji",
            optional()
                .description(Some("One emoji; an empty or missing one removes the reaction."))
                .max_length(Some(MAX_EMOJI)),
        )
        .required("message_id")
}
