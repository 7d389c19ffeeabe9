use crate::{
    form::Problem,
    message::{Outgoing, content::Content},
};
use serde_json::{Value, json};

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

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
            list(json!([{"rows": vec![row.clone(); 11]}])),
            "interactive.action.sections",
            Problem::TooLong,
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "list", "body": {"text": "?"},
                "header": {"type": "image", "image": {"id": "1"}},
                "action": {"button": "Days", "sections": [{"rows": [row]}]}}}),
            "interactive.header.type",
            Problem::Unknown,
        ),
        (
            json!({"type": "template", "template": {"name": "", "language": {"code": "cs"}}}),
            "template.name",
            Problem::Required,
        ),
        (
            json!({"type": "template", "template": {"name": "Hello", "language": {"code": "cs"}}}),
            "template.name",
            Problem::NotAToken,
        ),
        (
            json!({"type": "contacts", "contacts": [
                {"name": {"formatted_name": "Jana", "first_name": "Jana"}, "birthday": "1968-02-30"}]}),
            "contacts[0].birthday",
            Problem::NotADate,
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

#[test]
fn an_address_goes_to_meta_as_it_is_so_it_must_need_no_mending() {
    for link in [
        " https://a.b/c.png",
        "https://a.b/\nc.png",
        "https://a\t.b/c.png",
        "https:\\\\a.b\\c",
        "https:a.b/c.png",
        "https://a.b/c d.png",
        "ftp://a.b/c.png",
    ] {
        let image = json!({"type": "image", "image": {"link": link}});
        assert_eq!(
            problems(image),
            [("image.link".to_owned(), Problem::NotAToken)],
            "{link:?}"
        );
    }
    let image = json!({"type": "image", "image": {"link": "HTTPS://a.b/ž%20c.png?d=e"}});
    assert_eq!(problems(image), []);
}

#[test]
fn a_reaction_is_an_emoji() {
    let reaction =
        |emoji: &str| json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": emoji}});
    for emoji in ["", "👍", "1️⃣", "🅰️", "ℹ️", "👨‍👩‍👧‍👦", "🇨🇿"] {
        assert_eq!(problems(reaction(emoji)), [], "{emoji}");
    }
    for emoji in ["ok", "1", " ", "\n", "<b>", "👍 👍"] {
        let told = [("reaction.emoji".to_owned(), Problem::NotAToken)];
        assert_eq!(problems(reaction(emoji)), told, "{emoji}");
    }
}

#[test]
fn a_value_of_a_template_has_a_form_and_a_place() {
    let template = |components: Value| json!({"type": "template", "template": {"name": "a", "language": {"code": "cs"}, "components": components}});
    let body = |value: Value| template(json!([{"type": "body", "parameters": [value]}]));
    let button = |sub_type: &str, index: &str, value: Value| {
        template(json!([{"type": "button", "sub_type": sub_type, "index": index, "parameters": [value]}]))
    };
    let text = || json!({"type": "text", "text": "a"});
    for taken in [
        body(text()),
        body(
            json!({"type": "currency", "currency": {"fallback_value": "1", "code": "CZK", "amount_1000": 1000}}),
        ),
        button("url", "0", text()),
        button("quick_reply", "9", json!({"type": "payload", "payload": "p"})),
        button(
            "flow",
            "0",
            json!({"type": "action", "action": {"flow_token": "t"}}),
        ),
        template(json!([{"type": "header", "parameters": [{"type": "image", "image": {"file": NOBODY}}]}])),
    ] {
        assert_eq!(problems(taken.clone()), [], "{taken}");
    }
    for (refused, at, problem) in [
        (
            body(json!({"type": "text", "text": 5})),
            ".parameters[0]",
            Problem::Malformed,
        ),
        (body(json!({"text": "a"})), ".parameters[0]", Problem::Malformed),
        (
            body(json!({"type": "payload", "payload": 1})),
            ".parameters[0]",
            Problem::Malformed,
        ),
        (
            body(json!({"type": "image", "image": {"id": "1"}})),
            ".parameters[0].type",
            Problem::Unknown,
        ),
        (
            body(json!({"type": "action", "action": {"image": {"file": NOBODY}}})),
            ".parameters[0]",
            Problem::Malformed,
        ),
        (
            template(json!([{"type": "carousel", "cards": [{"components": [{"image": {"file": NOBODY}}]}]}])),
            "",
            Problem::Malformed,
        ),
        (
            template(json!([{"type": "body", "parameters": []}])),
            ".parameters",
            Problem::Required,
        ),
        (button("URL", "0", text()), ".sub_type", Problem::Unknown),
        (button("url", "10", text()), ".index", Problem::NotNumeric),
        (button("url", "", text()), ".index", Problem::NotNumeric),
        (
            button("url", "0", json!({"type": "payload", "payload": "p"})),
            ".parameters[0].type",
            Problem::Unknown,
        ),
        (
            body(json!({"type": "text", "text": "a", "parameter_name": "X Y"})),
            ".parameters[0].parameter_name",
            Problem::NotAToken,
        ),
    ] {
        let told = [(format!("template.components[0]{at}"), problem)];
        assert_eq!(problems(refused.clone()), told, "{refused}");
    }
    let twice = template(json!([
        {"type": "body", "parameters": [text()]}, {"type": "body", "parameters": [text()]}
    ]));
    assert_eq!(
        problems(twice),
        [("template.components[1]".to_owned(), Problem::Taken)]
    );
}
