use crate::{
    form::Problem,
    message::{Outgoing, content::Content},
};
use serde_json::{Value, json};

fn problems(message: Value) -> Vec<(String, Problem)> {
    let Value::Object(message) = message else {
        return Vec::new();
    };
    let fields = match Outgoing::from_meta(message) {
        Ok(outgoing) => outgoing.content.check().err().map(|invalid| invalid.fields),
        Err(error) => panic!("{error}"),
    };
    let fields = fields.unwrap_or_default().into_iter();
    fields.map(|field| (field.field, field.problem)).collect()
}

#[test]
fn what_meta_takes_is_taken() {
    let buttons = json!([{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]);
    let rows = json!([{"id": "1", "title": "Monday", "description": "From nine"}]);
    for message in [
        json!({"type": "text", "text": {"body": "ž".repeat(4096)}}),
        json!({"type": "image", "image": {"link": "https://example.com/a.png", "caption": "c"}}),
        json!({"type": "document", "document": {"id": "1", "filename": "a.pdf", "caption": "c"}}),
        json!({"type": "audio", "audio": {"id": "1", "voice": true}}),
        json!({"type": "sticker", "sticker": {"id": "1"}}),
        json!({"type": "location", "location": {"latitude": "50.08", "longitude": 14.42, "name": "Castle"}}),
        json!({"type": "contacts", "contacts": [
            {"name": {"formatted_name": "Jana Nová", "first_name": "Jana"}, "phones": [{"phone": "+420", "type": "CELL"}]}]}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}}),
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons},
            "header": {"type": "image", "image": {"id": "1"}}}}),
        json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"},
            "action": {"button": "Days", "sections": [{"rows": rows}]}}}),
        json!({"type": "interactive", "interactive": {"type": "cta_url", "body": {"text": "?"}, "action": {"name": "cta_url",
            "parameters": {"display_text": "Open", "url": "https://example.com"}}}}),
        json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Jana"}]}]}}),
    ] {
        assert_eq!(problems(message.clone()), [], "{message}");
    }
}

#[test]
fn what_meta_refuses_is_told_by_its_field() {
    let button = |title: &str| json!({"type": "reply", "reply": {"id": title, "title": title}});
    let buttons = |buttons: Vec<Value>| {
        json!({"type": "interactive", "interactive": {"type": "button", "body": {"text": "?"},
        "action": {"buttons": buttons}}})
    };
    let list = |sections: Value| {
        json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"},
        "action": {"button": "Days", "sections": sections}}})
    };
    let row = json!({"id": "1", "title": "Monday"});
    for (message, field, problem) in [
        (
            json!({"type": "text", "text": {"body": " \n"}}),
            "text.body",
            Problem::Required,
        ),
        (
            json!({"type": "text", "text": {"body": "ž".repeat(4097)}}),
            "text.body",
            Problem::TooLong,
        ),
        (
            json!({"type": "image", "image": {}}),
            "image.id",
            Problem::Required,
        ),
        (
            json!({"type": "image", "image": {"id": "1", "link": "https://a.b"}}),
            "image.link",
            Problem::Unknown,
        ),
        (
            json!({"type": "image", "image": {"link": "javascript:alert(1)"}}),
            "image.link",
            Problem::NotAToken,
        ),
        (
            json!({"type": "image", "image": {"id": "1", "caption": "c".repeat(1025)}}),
            "image.caption",
            Problem::TooLong,
        ),
        (
            json!({"type": "audio", "audio": {"id": "1", "caption": "c"}}),
            "audio.caption",
            Problem::Unknown,
        ),
        (
            json!({"type": "image", "image": {"id": "1", "voice": true}}),
            "image.voice",
            Problem::Unknown,
        ),
        (
            json!({"type": "location", "location": {"latitude": "91", "longitude": 0}}),
            "location.latitude",
            Problem::NotNumeric,
        ),
        (
            json!({"type": "location", "location": {"latitude": 1}}),
            "location.longitude",
            Problem::Required,
        ),
        (
            json!({"type": "contacts", "contacts": []}),
            "contacts",
            Problem::Required,
        ),
        (
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Jana"}}]}),
            "contacts[0].name.first_name",
            Problem::Required,
        ),
        (
            json!({"type": "reaction", "reaction": {"message_id": "", "emoji": "👍"}}),
            "reaction.message_id",
            Problem::Required,
        ),
        (buttons(vec![]), "interactive.action.buttons", Problem::Required),
        (
            buttons(vec![button("1"), button("2"), button("3"), button("4")]),
            "interactive.action.buttons",
            Problem::TooLong,
        ),
        (
            buttons(vec![button(&"t".repeat(21))]),
            "interactive.action.buttons[0].reply.title",
            Problem::TooLong,
        ),
        (
            buttons(vec![
                button("Yes"),
                json!({"type": "reply", "reply": {"id": "2", "title": "Yes"}}),
            ]),
            "interactive.action.buttons[1].reply.title",
            Problem::Taken,
        ),
        (
            buttons(vec![
                button("Yes"),
                json!({"type": "reply", "reply": {"id": "Yes", "title": "No"}}),
            ]),
            "interactive.action.buttons[1].reply.id",
            Problem::Taken,
        ),
        (
            list(json!([{"rows": [row, {"id": "1", "title": "Friday"}]}])),
            "interactive.action.sections[0].rows[1].id",
            Problem::Taken,
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "location_request_message",
                "body": {"text": "w".repeat(1025)}, "action": {"name": "send_location"}}}),
            "interactive.body.text",
            Problem::TooLong,
        ),
        (
            list(json!([{"rows": []}])),
            "interactive.action.sections[0].rows",
            Problem::Required,
        ),
        (
            list(json!([{"rows": [row]}, {"title": "b", "rows": [{"id": "2", "title": "Friday"}]}])),
            "interactive.action.sections[0].title",
            Problem::Required,
        ),
        (
            list(json!([{"rows": vec![row; 11]}])),
            "interactive.action.sections",
            Problem::TooLong,
        ),
        (
            json!({"type": "template", "template": {"name": "", "language": {"code": "cs"}}}),
            "template.name",
            Problem::Required,
        ),
    ] {
        assert_eq!(
            problems(message.clone()),
            [(field.to_owned(), problem)],
            "{message}"
        );
    }
    let only_comes_in = Content::Unsupported { kind: None };
    assert_eq!(only_comes_in.check().unwrap_err().fields[0].field, "type");
}
