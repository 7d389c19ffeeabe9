use super::*;
use crate::{form::Problem, message::Outgoing};
use serde_json::{Value, json};

fn sent(typed: &Typed, kind: TypedKind) -> Value {
    let content = typed.content(kind);
    assert_eq!(content.check(), Ok(()), "{content:?}");
    let sent = Outgoing::from(content).to_meta().unwrap();
    sent[sent["type"].as_str().unwrap()].clone()
}

fn problems(typed: &Typed, kind: TypedKind) -> Vec<(String, Problem)> {
    let invalid = typed.content(kind).check().err();
    let fields = invalid.map(|invalid| invalid.fields).unwrap_or_default();
    fields
        .into_iter()
        .map(|field| (field.field, field.problem))
        .collect()
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn what_is_typed_is_sent_as_meta_spells_it() {
    let typed = Typed {
        header: text(" Visit "),
        body: text("Which day?"),
        buttons: vec![text("Monday "), text("Friday")],
        label: text("Days"),
        sections: vec![TypedSection {
            title: String::new(),
            rows: vec![
                TypedRow {
                    title: text("Monday"),
                    description: text("From nine"),
                },
                TypedRow {
                    title: text("Friday"),
                    description: String::new(),
                },
            ],
        }],
        url: text("https://example.com"),
        latitude: text("50,08"),
        longitude: text("14.42"),
        name: text("Castle"),
        contacts: vec![TypedContact {
            name: text("Jana Nová"),
            phones: vec![text("+420 777 123 456"), text(" ")],
            company: text("ACME"),
            ..TypedContact::default()
        }],
        ..Typed::default()
    };
    let around = |kind: &str, action: Value| json!({"type": kind, "header": {"type": "text", "text": "Visit"}, "body": {"text": "Which day?"}, "action": action});
    for (kind, wanted) in [
        (
            TypedKind::Location,
            json!({"latitude": "50.08", "longitude": "14.42", "name": "Castle"}),
        ),
        (
            TypedKind::Contacts,
            json!([{"name": {"formatted_name": "Jana Nová", "first_name": "Jana", "last_name": "Nová"},
                "phones": [{"phone": "+420 777 123 456"}], "org": {"company": "ACME"}}]),
        ),
        (
            TypedKind::Buttons,
            around(
                "button",
                json!({"buttons": [{"type": "reply", "reply": {"id": "1", "title": "Monday"}},
                    {"type": "reply", "reply": {"id": "2", "title": "Friday"}}]}),
            ),
        ),
        (
            TypedKind::List,
            around(
                "list",
                json!({"button": "Days", "sections": [{"rows": [
                    {"id": "1", "title": "Monday", "description": "From nine"}, {"id": "2", "title": "Friday"}]}]}),
            ),
        ),
        (
            TypedKind::Link,
            around(
                "cta_url",
                json!({"name": "cta_url", "parameters": {"display_text": "Days", "url": "https://example.com"}}),
            ),
        ),
        (
            TypedKind::AskLocation,
            json!({"type": "location_request_message", "body": {"text": "Which day?"}, "action": {"name": "send_location"}}),
        ),
    ] {
        assert_eq!(sent(&typed, kind), wanted, "{kind:?}");
    }
}

#[test]
fn an_empty_form_tells_what_it_needs() {
    let empty = Typed::default();
    for (kind, fields) in [
        (
            TypedKind::Location,
            &["location.latitude", "location.longitude"][..],
        ),
        (
            TypedKind::Contacts,
            &["contacts[0].name.formatted_name", "contacts[0].name.first_name"],
        ),
        (
            TypedKind::Buttons,
            &[
                "interactive.body.text",
                "interactive.action.buttons[0].reply.title",
            ],
        ),
        (
            TypedKind::List,
            &[
                "interactive.body.text",
                "interactive.action.button",
                "interactive.action.sections[0].rows[0].title",
            ],
        ),
        (
            TypedKind::Link,
            &[
                "interactive.body.text",
                "interactive.action.parameters.display_text",
                "interactive.action.parameters.url",
            ],
        ),
        (TypedKind::AskLocation, &["interactive.body.text"]),
    ] {
        let told: Vec<_> = problems(&empty, kind)
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        assert_eq!(told, fields, "{kind:?}");
    }
}

#[test]
fn what_is_wrong_is_told_by_its_field() {
    let typed = Typed {
        body: text("?"),
        buttons: vec![text("Yes"), text("Yes")],
        latitude: text("north"),
        longitude: text("181"),
        ..Typed::default()
    };
    assert_eq!(
        problems(&typed, TypedKind::Buttons),
        [(text("interactive.action.buttons[1].reply.title"), Problem::Taken)]
    );
    assert_eq!(
        problems(&typed, TypedKind::Location),
        [
            (text("location.latitude"), Problem::NotNumeric),
            (text("location.longitude"), Problem::NotNumeric)
        ]
    );
    // A draft of an older version.
    let kept: Typed = serde_json::from_value(json!({"body": "?"})).unwrap();
    assert_eq!(kept.buttons, [""]);
}

/// Whatever is wrong with a message can be shown beside a field of its form.
#[test]
fn each_problem_has_its_field() {
    let long = "x".repeat(5000);
    let mut typed = Typed {
        url: text("no address"),
        sections: vec![TypedSection::default(), TypedSection::default()],
        ..Typed::default()
    };
    let fields = [
        TypedField::Header,
        TypedField::Body,
        TypedField::Footer,
        TypedField::Button(0),
        TypedField::Label,
        TypedField::Url,
        TypedField::SectionTitle(1),
        TypedField::RowTitle(1, 0),
        TypedField::RowDescription(0, 0),
        TypedField::Latitude,
        TypedField::Longitude,
        TypedField::Name,
        TypedField::Address,
        TypedField::ContactName(0),
        TypedField::ContactPhone(0, 0),
    ];
    for field in fields {
        field.set(&mut typed, long.clone());
        assert_eq!(field.text(&typed), Some(long.as_str()), "{field:?}");
    }
    for kind in TypedKind::ALL {
        let paths: Vec<_> = fields.iter().map(|field| field.path(*kind)).collect();
        for (field, _) in problems(&typed, *kind) {
            let other = [
                "interactive.action.sections[0].title",
                "interactive.action.sections[0].rows[0].title",
            ];
            assert!(
                paths.contains(&field) || other.contains(&field.as_str()),
                "{field}"
            );
        }
    }
    TypedField::Button(7).set(&mut typed, text("nowhere"));
    assert_eq!(TypedField::Button(7).text(&typed), None);
}
