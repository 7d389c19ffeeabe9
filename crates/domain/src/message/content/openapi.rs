//! How the tagged parts of a message's content are described in the API's document. A derive would take their fields
//! apart from their tag, which closed objects do not allow.

use super::{
    AskLocation, Button, Chosen, Component, Contact, CtaUrl, Form, Header, Interactive, Link, List, Location,
    LocationRequest, Media, Order, Parameter, ReplyButton, Template,
    check::{MAX_BUTTON, limits::MAX_ADDRESS},
    interactive::Reply,
    parts::Call,
};
use crate::openapi::{Schemas, closed, collect, open, reference, text, word};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type},
    },
};

/// The content of a message among the message's other fields: at most one of these.
#[derive(Debug, Clone, Copy)]
pub struct ContentFields;

impl PartialSchema for ContentFields {
    fn schema() -> RefOr<Schema> {
        let null_or_text = text().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let unsupported = ObjectBuilder::new()
            .description(Some("Meta received the message but does not pass it on."))
            .property(
                "kind",
                null_or_text.description(Some("Meta’s word for the original kind.")),
            )
            .required("kind");
        let unknown = ObjectBuilder::new()
            .description(Some("A kind that this version does not know."))
            .property("kind", text())
            .required("kind");
        ObjectBuilder::new()
            .description(Some(
                "Content besides the text, under the name of its kind: at most one of these.",
            ))
            .property("image", reference::<Media>())
            .property("video", reference::<Media>())
            .property("audio", reference::<Media>())
            .property("document", reference::<Media>())
            .property("sticker", reference::<Media>())
            .property("location", reference::<Location>())
            .property("contacts", ArrayBuilder::new().items(reference::<Contact>()))
            .property("interactive", reference::<Interactive>())
            .property("template", reference::<Template>())
            .property("order", reference::<Order>())
            .property("call", reference::<Call>())
            .property("unsupported", unsupported)
            .property("unknown", unknown)
            .into()
    }
}

impl ToSchema for ContentFields {
    fn schemas(schemas: &mut Schemas) {
        collect::<Media>(schemas);
        collect::<Location>(schemas);
        collect::<Contact>(schemas);
        collect::<Interactive>(schemas);
        collect::<Template>(schemas);
        collect::<Order>(schemas);
        collect::<Call>(schemas);
    }
}

/// A closed object with its type and one more field.
fn one(kind: &str, field: &str, of: impl Into<RefOr<Schema>>) -> ObjectBuilder {
    closed(tag(kind)).property(field, of).required(field)
}

fn tag(kind: &str) -> ObjectBuilder {
    ObjectBuilder::new().property("type", word(kind)).required("type")
}

/// The object that a struct is, with its type.
fn tagged<T: PartialSchema>(kind: &str, about: &str) -> RefOr<Schema> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => ObjectBuilder::from(object)
            .property("type", word(kind))
            .required("type")
            .description(Some(about))
            .into(),
        other => other,
    }
}

/// The kinds that can be sent.
pub(in crate::message) fn sendable_interactive() -> [RefOr<Schema>; 4] {
    [
        tagged::<Button>("button", "Buttons to answer with."),
        tagged::<List>("list", "A list to choose from."),
        tagged::<CtaUrl>("cta_url", "A button that opens a web page."),
        tagged::<LocationRequest>(
            "location_request_message",
            "A button with which the customer sends their location.",
        ),
    ]
}

impl PartialSchema for Interactive {
    fn schema() -> RefOr<Schema> {
        let sendable = sendable_interactive();
        let one = sendable.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item);
        one.description(Some("Buttons and lists, what the customer chose, and forms."))
            .item(tagged::<Chosen>(
                "button_reply",
                "The button that the customer chose.",
            ))
            .item(tagged::<Chosen>("list_reply", "The row that the customer chose."))
            .item(tagged::<Form>(
                "nfm_reply",
                "The answers to a form in WhatsApp (a flow).",
            ))
            .item(tag("other").description(Some("Any other answer.")))
            .into()
    }
}

impl ToSchema for Interactive {
    fn name() -> Cow<'static, str> {
        "ContentInteractive".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<ReplyButton>(schemas);
        Button::schemas(schemas);
        List::schemas(schemas);
        CtaUrl::schemas(schemas);
        LocationRequest::schemas(schemas);
        Form::schemas(schemas);
    }
}

/// The action of [`Button`].
pub(super) fn buttons() -> RefOr<Schema> {
    let buttons = ArrayBuilder::new()
        .items(reference::<ReplyButton>())
        .max_items(Some(super::MAX_BUTTONS));
    closed(ObjectBuilder::new())
        .property("buttons", buttons)
        .required("buttons")
        .into()
}

impl PartialSchema for ReplyButton {
    fn schema() -> RefOr<Schema> {
        one("reply", "reply", reference::<Reply>())
            .description(Some("A button to answer with."))
            .into()
    }
}

impl ToSchema for ReplyButton {
    fn name() -> Cow<'static, str> {
        "ContentReplyButton".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<Reply>(schemas);
    }
}

impl PartialSchema for Link {
    fn schema() -> RefOr<Schema> {
        let parameters = closed(ObjectBuilder::new())
            .property("display_text", text().max_length(Some(MAX_BUTTON)))
            .property("url", text().max_length(Some(MAX_ADDRESS)))
            .required("display_text")
            .required("url");
        closed(ObjectBuilder::new())
            .description(Some("The button that opens a web page."))
            .property("name", word("cta_url"))
            .property("parameters", parameters)
            .required("name")
            .required("parameters")
            .into()
    }
}

impl ToSchema for Link {
    fn name() -> Cow<'static, str> {
        "ContentLink".into()
    }
}

impl PartialSchema for AskLocation {
    fn schema() -> RefOr<Schema> {
        closed(ObjectBuilder::new())
            .description(Some("Asks for the location."))
            .property("name", word("send_location"))
            .required("name")
            .into()
    }
}

impl ToSchema for AskLocation {
    fn name() -> Cow<'static, str> {
        "ContentAskLocation".into()
    }
}

impl PartialSchema for Header {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .description(Some("What stands above the text."))
            .item(one("text", "text", text().max_length(Some(super::MAX_HEADER))))
            .item(one("image", "image", reference::<Media>()))
            .item(one("video", "video", reference::<Media>()))
            .item(one("document", "document", reference::<Media>()))
            .into()
    }
}

impl ToSchema for Header {
    fn name() -> Cow<'static, str> {
        "ContentHeader".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<Media>(schemas);
    }
}

impl PartialSchema for Component {
    fn schema() -> RefOr<Schema> {
        let parameters = || ArrayBuilder::new().items(reference::<Parameter>());
        let button = one("button", "parameters", parameters())
            .property(
                "sub_type",
                text().description(Some("`url`, `quick_reply`, `copy_code`, …")),
            )
            .property(
                "index",
                text().description(Some("The button’s place, from 0; a number is taken, too.")),
            )
            .required("sub_type")
            .required("index");
        let other = open().description(Some(
            "A part that has no form here, such as a carousel. Only Meta checks it.",
        ));
        AnyOfBuilder::new()
            .description(Some("The values of one part of a template."))
            .item(one("header", "parameters", parameters()))
            .item(one("body", "parameters", parameters()))
            .item(button)
            .item(other)
            .into()
    }
}

impl ToSchema for Component {
    fn name() -> Cow<'static, str> {
        "ContentTemplateComponent".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<Parameter>(schemas);
    }
}

impl PartialSchema for Parameter {
    fn schema() -> RefOr<Schema> {
        let name = text().description(Some("The variable’s name, if the template names its variables."));
        let payload = text().description(Some("What comes back when the customer taps a quick reply."));
        let other = open().description(Some(
            "A value that has no form here, such as an amount of money. Only Meta checks it.",
        ));
        AnyOfBuilder::new()
            .description(Some("A value of a template."))
            .item(one("text", "text", text()).property("parameter_name", name))
            .item(one("image", "image", reference::<Media>()))
            .item(one("video", "video", reference::<Media>()))
            .item(one("document", "document", reference::<Media>()))
            .item(one("location", "location", reference::<Location>()))
            .item(one("payload", "payload", payload))
            .item(one(
                "coupon_code",
                "coupon_code",
                text().max_length(Some(super::MAX_COUPON)),
            ))
            .item(other)
            .into()
    }
}

impl ToSchema for Parameter {
    fn name() -> Cow<'static, str> {
        "ContentTemplateParameter".into()
    }

    fn schemas(schemas: &mut Schemas) {
        collect::<Media>(schemas);
        collect::<Location>(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            MAX_ROWS,
            check::{MAX_BUTTON, MAX_BUTTON_ID, MAX_DESCRIPTION, MAX_ROW, MAX_ROW_ID, template},
            interactive::{Row, Section, Sections},
            template::TemplateLanguage,
        },
        *,
    };
    use serde_json::json;

    /// Attributes hold numbers only.
    #[test]
    fn the_limits_are_those_that_are_checked() {
        for (schema, field, keyword, most) in [
            (Reply::schema(), "id", "maxLength", MAX_BUTTON_ID),
            (Reply::schema(), "title", "maxLength", MAX_BUTTON),
            (Sections::schema(), "button", "maxLength", MAX_BUTTON),
            (Sections::schema(), "sections", "maxItems", MAX_ROWS),
            (Section::schema(), "title", "maxLength", MAX_ROW),
            (Section::schema(), "rows", "maxItems", MAX_ROWS),
            (Row::schema(), "id", "maxLength", MAX_ROW_ID),
            (Row::schema(), "title", "maxLength", MAX_ROW),
            (Row::schema(), "description", "maxLength", MAX_DESCRIPTION),
            (Template::schema(), "name", "maxLength", template::MAX_NAME),
            (
                TemplateLanguage::schema(),
                "code",
                "maxLength",
                template::MAX_LANGUAGE,
            ),
        ] {
            let schema = serde_json::to_value(&schema).unwrap();
            assert_eq!(
                schema["properties"][field][keyword],
                json!(most),
                "{field}: {keyword}"
            );
        }
    }

    /// The tag is among the fields of a closed object.
    #[test]
    fn each_interactive_kind_has_its_type() {
        let schema = serde_json::to_value(Interactive::schema()).unwrap();
        let kinds: Vec<_> = schema["oneOf"].as_array().unwrap().iter().collect();
        assert_eq!(kinds.len(), 8);
        for kind in kinds {
            assert!(kind["properties"]["type"]["enum"][0].is_string(), "{kind}");
        }
    }
}
