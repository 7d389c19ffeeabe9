use super::*;
use crate::{
    form::{Invalid, Problem},
    message::content::{Content, TemplateText},
};
use serde_json::{Value, json};

fn read(components: Value) -> Result<Definition, NotFillable> {
    Definition::read(Some("UTILITY"), None, &components)
}

fn visit() -> Definition {
    read(json!([
        {"type": "HEADER", "format": "TEXT", "text": "Visit {{1}}", "example": {"header_text": ["tomorrow"]}},
        {"type": "BODY", "text": "Dear {{1}}, we come at {{2}}. {{1}}, please {call} us.",
            "example": {"body_text": [["Jana", "ten"]]}},
        {"type": "FOOTER", "text": "ACME"},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Fine"},
            {"type": "URL", "text": "Change", "url": "https://example.com/{{1}}"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+420800555010"},
            {"type": "COPY_CODE", "text": "Copy"}]}
    ]))
    .unwrap()
}

fn values(of: &[(&str, &str)]) -> Values {
    of.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn problems(invalid: Invalid) -> Vec<(String, Problem)> {
    invalid
        .fields
        .into_iter()
        .map(|field| (field.field, field.problem))
        .collect()
}

#[test]
fn values_become_the_message_and_the_message_becomes_the_text() {
    let visit = visit();
    let names: Vec<String> = visit.fields().into_iter().map(|field| field.name).collect();
    assert_eq!(names, ["header.1", "body.1", "body.2", "button.1", "button.3"]);
    assert_eq!(visit.example("body.2"), Some("ten"));
    let values = values(&[
        ("header.1", "on Friday"),
        ("body.1", " Jana "),
        ("body.2", "10:00"),
        ("button.1", "v/7"),
        ("button.3", "SALE"),
    ]);
    let message = visit.fill("visit", "en", &values, None).unwrap();
    assert_eq!(
        json!(message.components),
        json!([
            {"type": "header", "parameters": [{"type": "text", "text": "on Friday"}]},
            {"type": "body", "parameters": [{"type": "text", "text": "Jana"}, {"type": "text", "text": "10:00"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "v/7"}]},
            {"type": "button", "sub_type": "copy_code", "index": "3",
                "parameters": [{"type": "coupon_code", "coupon_code": "SALE"}]}
        ])
    );
    assert_eq!(Content::Template(message.clone()).check(), Ok(()));
    assert_eq!(
        visit.text_of(&message),
        TemplateText {
            header: Some("Visit on Friday".into()),
            body: "Dear Jana, we come at 10:00. Jana, please {call} us.".into(),
            footer: Some("ACME".into()),
            buttons: vec![
                "Fine".into(),
                "Change: https://example.com/v/7".into(),
                "Call: +420800555010".into(),
                "Copy: SALE".into()
            ],
        }
    );
}

#[test]
fn the_preview_shows_the_variables_that_have_no_value_yet() {
    let text = visit().text(&values(&[("body.1", "Jana"), ("body.2", " ")]));
    assert_eq!(text.body, "Dear Jana, we come at {{2}}. Jana, please {call} us.");
    assert_eq!(text.header.as_deref(), Some("Visit {{1}}"));
}

#[test]
fn what_meta_would_refuse_is_named() {
    let visit = visit();
    let mut typed = values(&[
        ("header.1", &"x".repeat(61)),
        ("body.1", ""),
        ("body.2", "a\nb"),
        ("button.1", "a     b"),
        ("button.3", &"x".repeat(21)),
    ]);
    let refused = visit.fill("visit", "en", &typed, None).unwrap_err();
    assert_eq!(refused.fields[0].most, Some(60));
    assert_eq!(
        problems(refused),
        [
            ("header.1".to_owned(), Problem::TooLong),
            ("body.1".to_owned(), Problem::Required),
            ("body.2".to_owned(), Problem::NotAToken),
            ("button.1".to_owned(), Problem::NotAToken),
            ("button.3".to_owned(), Problem::TooLong),
        ]
    );
    typed.extend(values(&[
        ("header.1", &"x".repeat(60)),
        ("body.1", &"x".repeat(1020)),
        ("body.2", "a"),
        ("button.1", "a"),
        ("button.3", "a"),
    ]));
    let refused = visit.fill("visit", "en", &typed, None).unwrap_err();
    assert_eq!(
        problems(refused),
        [
            ("header".to_owned(), Problem::TooLong),
            ("body".to_owned(), Problem::TooLong)
        ],
        "the filled text has its own limit"
    );
}

#[test]
fn a_message_has_the_values_of_its_template_and_no_others() {
    let template = |components: Value| {
        serde_json::from_value(json!({"name": "n", "language": {"code": "en"}, "components": components}))
            .unwrap()
    };
    let refused = |definition: &Definition, components: Value| {
        definition
            .check(&template(components))
            .map_err(problems)
            .unwrap_err()
    };
    let text = |text: &str| json!({"type": "text", "text": text});
    let named_text = |name: &str| json!({"type": "text", "text": "x", "parameter_name": name});
    let plain = read(json!([{"type": "BODY", "text": "Hello {{1}}!"}])).unwrap();
    let unknown = |field: &str| (field.to_owned(), Problem::Unknown);
    let required = |field: &str| (field.to_owned(), Problem::Required);
    assert_eq!(refused(&plain, json!([])), [required("body.1")]);
    assert_eq!(
        refused(
            &plain,
            json!([{"type": "body", "parameters": [text("a"), text("b")]}])
        ),
        [unknown("body")]
    );
    assert_eq!(
        refused(
            &plain,
            json!([{"type": "body", "parameters": [named_text("name")]}])
        ),
        [unknown("body"), required("body.1")],
        "numbers and names are never mixed"
    );
    let body = json!({"type": "body", "parameters": [text("a")]});
    assert_eq!(
        refused(
            &plain,
            json!([body, {"type": "header", "parameters": [text("a")]}])
        ),
        [unknown("header")]
    );
    assert_eq!(
        refused(
            &plain,
            json!([body, {"type": "button", "sub_type": "url", "index": 0, "parameters": [text("a")]}])
        ),
        [unknown("button.0")]
    );
    assert_eq!(refused(&plain, json!([body, body])), [unknown("body")]);
    assert_eq!(
        refused(&plain, json!([body, {"type": "carousel", "cards": []}])),
        [unknown("components")]
    );

    let named = read(json!([{"type": "BODY", "text": "Hello {{name}} of {{city}}!"}])).unwrap();
    let both = json!([{"type": "body", "parameters": [named_text("city"), named_text("name")]}]);
    assert_eq!(named.check(&template(both)), Ok(()), "names come in any order");
    assert_eq!(
        refused(
            &named,
            json!([{"type": "body", "parameters": [named_text("name"), named_text("nobody")]}])
        ),
        [unknown("body"), required("body.city")]
    );
    let money = json!([{"type": "body", "parameters": [
        {"type": "currency", "currency": {"fallback_value": "1 Kč", "code": "CZK", "amount_1000": 1000}}]}]);
    assert_eq!(plain.text_of(&template(money)).body, "Hello 1 Kč!");

    let picture =
        read(json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look!"}])).unwrap();
    assert_eq!(
        problems(picture.fill("n", "en", &Values::new(), None).unwrap_err()),
        [required("header.file")]
    );
    let video = json!([{"type": "header", "parameters": [{"type": "video", "video": {"id": "1"}}]}]);
    assert_eq!(
        refused(&picture, video),
        [unknown("header"), required("header.file")]
    );
}

#[test]
fn what_cannot_be_filled_in_here_says_why() {
    let body = json!({"type": "BODY", "text": "x"});
    let button = |kind: &str| json!([body, {"type": "BUTTONS", "buttons": [{"type": kind, "text": "b"}]}]);
    for (components, why) in [
        (
            json!([body, {"type": "CAROUSEL", "cards": []}]),
            NotFillable::Carousel,
        ),
        (
            json!([{"type": "LIMITED_TIME_OFFER"}, body]),
            NotFillable::LimitedTimeOffer,
        ),
        (button("FLOW"), NotFillable::Flow),
        (button("CATALOG"), NotFillable::Catalog),
        (button("VOICE_CALL"), NotFillable::Call),
        (button("OTP"), NotFillable::Authentication),
        (button("TELEPATHY"), NotFillable::Unknown("TELEPATHY".into())),
        (
            json!([{"type": "HEADER", "format": "HOLOGRAM"}, body]),
            NotFillable::Unknown("HEADER HOLOGRAM".into()),
        ),
        (
            json!([{"type": "BODY", "text": "{{1}} and {{name}}"}]),
            NotFillable::Unreadable,
        ),
        (json!([]), NotFillable::Unreadable),
        (json!("x"), NotFillable::Unreadable),
        (json!([null]), NotFillable::Unknown(String::new())),
    ] {
        assert_eq!(read(components.clone()), Err(why), "{components}");
    }
    let code = Definition::read(Some("AUTHENTICATION"), None, &json!([body]));
    assert_eq!(code, Err(NotFillable::Authentication));
}

#[test]
fn braces_that_are_no_variable_stay_text() {
    for text in ["{{", "}}{{", "{{ }}", "{{a b}}", "{{{{", "{{é}}"] {
        assert_eq!(variables::variables(text), Vec::<String>::new(), "{text}");
        assert_eq!(variables::filled(text, |_| Some("x")), text);
    }
    assert_eq!(variables::filled("{{{1}}}", |_| Some("x")), "{x}");
    assert_eq!(
        variables::variables("{{10}} {{2}} {{ 1 }} {{2}}"),
        ["1", "2", "10"]
    );
}

/// A text of 400 kB is read at once: with a quadratic effort it would take a quarter of an hour.
#[test]
fn a_text_of_braces_is_read() {
    for text in ["{{", "{{ ", "{{a", "{{a ", "{{1}}", "{{_{"] {
        let text = text.repeat(400_000 / text.len());
        let whole = variables::filled(&text, |_| None);
        assert!(whole.len() >= text.len() - 4);
    }
    let many: String = (0..100_000).map(|n| format!("{{{{v{n}}}}}")).collect();
    assert_eq!(variables::variables(&many).len(), 100_000);
}
