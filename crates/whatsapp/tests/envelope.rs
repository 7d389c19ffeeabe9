//! Whole notifications: batches, the matching of contacts, statuses, and everything that is not a message.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use serde_json::{Value, json};
use whatsapp::{
    errors::RetryClass,
    webhook::{
        self, BodyError, Content, InboundMessage, Item, ItemKind, Pricing, Sender, Status, StatusUpdate,
    },
};

fn notification(entries: Value) -> Vec<Item> {
    let body = json!({ "object": "whatsapp_business_account", "entry": entries });
    webhook::parse(body.to_string().as_bytes()).unwrap()
}

fn values(values: impl IntoIterator<Item = Value>) -> Vec<Item> {
    let change = |value| json!({ "field": "messages", "value": value });
    let changes: Vec<Value> = values.into_iter().map(change).collect();
    notification(json!([{ "id": "waba-1", "changes": changes }]))
}

fn message(item: &Item) -> &InboundMessage {
    match &item.kind {
        ItemKind::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn status(item: &Item) -> &StatusUpdate {
    match &item.kind {
        ItemKind::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

/// The kind of an item in a few letters.
fn name(item: &Item) -> String {
    match &item.kind {
        ItemKind::Message(message) => message.wamid.to_string(),
        ItemKind::Echo(message) => format!("echo {}", message.wamid),
        ItemKind::Status(status) => format!("{} {}", status.wamid, status.status),
        ItemKind::Error(error) => format!("error {}", error.code),
        ItemKind::Template(update) => format!("template {} {:?}", update.id, update.change),
        ItemKind::Change { field } => format!("change {field}"),
        ItemKind::Malformed { reason } => reason.clone(),
    }
}

fn names(items: &[Item]) -> Vec<String> {
    items.iter().map(name).collect()
}

fn sender(contacts: Value, message_fields: Value) -> Sender {
    let mut text = json!({ "id": "m", "type": "text", "text": { "body": "x" } });
    text.as_object_mut()
        .unwrap()
        .extend(message_fields.as_object().unwrap().clone());
    let items = values([json!({ "contacts": contacts, "messages": [text] })]);
    message(&items[0]).sender.clone()
}

#[test]
fn every_update_of_a_batch_is_an_item_of_its_own() {
    let value = |number: &str, rest: Value| {
        let mut value = json!({ "metadata": { "phone_number_id": number, "display_phone_number": "+420" } });
        value
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        json!({ "field": "messages", "value": value })
    };
    let items = notification(json!([
        { "id": "waba-1", "changes": [
            value("1", json!({ "messages": [{ "id": "a", "type": "text" }, { "id": "b", "type": "new" }] })),
            value("2", json!({
                "messages": [{ "id": "c" }],
                "statuses": [{ "id": "s", "status": "sent" }, { "id": "s", "status": "read" }],
                "errors": [{ "code": 131_056 }],
            })),
        ]},
        { "id": "waba-2", "time": 1, "changes": [
            { "value": {}, "field": "account_update" },
            value("3", json!({ "messages": [{ "id": "d" }] })),
        ]},
    ]));
    assert_eq!(
        names(&items),
        [
            "a",
            "b",
            "c",
            "s sent",
            "s read",
            "error 131056",
            "change account_update",
            "d"
        ]
    );
    let numbers: Vec<_> = items
        .iter()
        .map(|item| item.phone_number_id.as_deref().unwrap_or("-"))
        .collect();
    assert_eq!(numbers, ["1", "1", "2", "2", "2", "2", "-", "3"]);
    let accounts: Vec<_> = items
        .iter()
        .map(|item| item.waba_id.as_deref().unwrap())
        .collect();
    assert_eq!(
        accounts,
        [
            "waba-1", "waba-1", "waba-1", "waba-1", "waba-1", "waba-1", "waba-2", "waba-2"
        ]
    );
    assert_eq!(items[0].display_phone_number.as_deref(), Some("+420"));
}

#[test]
fn a_broken_part_never_stops_its_neighbours() {
    let items = notification(json!([
        7,
        { "id": "1" },
        { "id": "1", "changes": ["x", { "field": "messages", "value": {
            "messages": [null, { "type": "text" }, { "id": "" }, { "id": "a", "type": ["text"], "text": 4 }],
            "statuses": [{ "id": "s" }, { "status": "sent" }, [], { "id": "s", "status": "sent", "errors": "x" }],
            "errors": ["x", { "code": 1 }],
        }}]},
    ]));
    assert_eq!(
        names(&items),
        [
            "an entry that is not an object",
            "an entry without changes",
            "a change that is not an object",
            "a message that is not an object",
            "a message without a valid id",
            "a message without a valid id",
            "a",
            "a status without a valid id or without its status",
            "a status without a valid id or without its status",
            "a status that is not an object",
            "s sent",
            "error -1",
            "error 1",
        ]
    );
    assert_eq!(
        (items[0].raw.as_str(), items[4].raw.as_str()),
        ("7", r#"{"type":"text"}"#)
    );
}

#[test]
fn a_body_that_is_not_whatsapps_is_refused() {
    for body in [
        "",
        "{",
        "nonsense",
        r#"{"object":"whatsapp_business_account"} more"#,
    ] {
        assert!(
            matches!(webhook::parse(body.as_bytes()), Err(BodyError::NotJson(_))),
            "{body}"
        );
    }
    assert!(matches!(
        webhook::parse(b"{\"object\":\"\xff\"}"),
        Err(BodyError::NotJson(_))
    ));
    for (body, object) in [
        (r#"{"object":"page","entry":[]}"#, "page"),
        ("{}", ""),
        ("[]", ""),
        ("null", ""),
    ] {
        let refused = BodyError::NotWhatsApp {
            object: object.into(),
        };
        assert_eq!(webhook::parse(body.as_bytes()), Err(refused), "{body}");
    }
}

#[test]
fn a_notification_without_entries_is_empty() {
    for entries in [json!([]), json!(null)] {
        assert_eq!(notification(entries), []);
    }
    assert_eq!(
        webhook::parse(br#"{"object":"whatsapp_business_account"}"#),
        Ok(vec![])
    );
}

#[test]
fn raw_is_the_text_as_received_whatever_its_order_and_escapes() {
    let contact = r#"{ "wa_id":"420777123456" , "profile":{"name":"J\u00e1n"}}"#;
    let text = r#"{"type":"text", "text":{"body":"a\/b \u00e4 \u003C"},"from":"420777123456","id":"m"}"#;
    let body = format!(
        r#"{{"entry":[{{"changes":[{{"value":{{"messages":[ {text} ],"contacts":[{contact}],"messaging_product":
        "whatsapp"}},"field":"messages"}}],"id":0}}],"object":"whatsapp_business_account"}}"#
    );
    let items = webhook::parse(body.as_bytes()).unwrap();
    assert_eq!(
        (
            items.len(),
            items[0].raw.as_str(),
            items[0].contact_raw.as_deref()
        ),
        (1, text, Some(contact))
    );
    assert_eq!(items[0].waba_id.as_deref(), Some("0"));
    assert_eq!(
        message(&items[0]).content,
        Content::Text {
            body: "a/b ä <".into()
        }
    );
    assert_eq!(message(&items[0]).sender.name.as_deref(), Some("Ján"));
}

#[test]
fn contacts_are_matched_by_identity_and_not_by_place() {
    let items = values([json!({
        "contacts": [
            { "profile": { "name": "Third" }, "user_id": "CZ.3" },
            { "profile": { "name": "Second" }, "wa_id": "420222222222", "user_id": "CZ.2" },
            { "profile": { "name": "First" }, "wa_id": "420111111111" },
        ],
        "messages": [
            { "id": "1", "from": "420111111111" },
            { "id": "2", "from": "420222222222" },
            { "id": "3", "from_user_id": "CZ.3" },
            { "id": "4", "from": "420444444444" },
            { "id": "5" },
        ],
    })]);
    let found: Vec<_> = items
        .iter()
        .map(|item| message(item).sender.name.as_deref())
        .collect();
    assert_eq!(found, [Some("First"), Some("Second"), Some("Third"), None, None]);
    assert_eq!(message(&items[1]).sender.bsuid.as_ref().unwrap().as_str(), "CZ.2");
    assert!(items[1].contact_raw.as_ref().unwrap().contains("Second"));
    assert_eq!(items[3].contact_raw, None);
}

#[test]
fn the_only_contact_of_the_only_message_is_its_sender_unless_it_contradicts() {
    let contact = json!([{ "profile": { "name": "Jana", "username": "jana" }, "wa_id": "420111111111" }]);
    let taken = sender(
        contact.clone(),
        json!({ "from_user_id": "CZ.1", "from_parent_user_id": "CZ.ENT.1" }),
    );
    assert_eq!(taken.wa_id.unwrap().as_str(), "420111111111");
    assert_eq!(
        (
            taken.bsuid.unwrap().as_str(),
            taken.parent_bsuid.unwrap().as_str()
        ),
        ("CZ.1", "CZ.ENT.1")
    );
    assert_eq!(
        (taken.name.as_deref(), taken.username.as_deref()),
        (Some("Jana"), Some("jana"))
    );

    let other = sender(contact, json!({ "from": "420222222222" }));
    assert_eq!(
        (other.wa_id.unwrap().as_str(), other.name),
        ("420222222222", None)
    );
}

#[test]
fn a_sender_may_have_no_number() {
    let legacy = format!("user.{}", "0a".repeat(32));
    for (message, expected) in [
        (
            json!({ "from_user_id": "US.13491208655302741918" }),
            "US.13491208655302741918",
        ),
        (json!({ "from": "", "from_user_id": "US.1" }), "US.1"),
        (json!({ "from": null, "from_user_id": "US.1" }), "US.1"),
        (json!({ "from": "US.1" }), "US.1"),
        (json!({ "from": "US.ENT.1" }), "US.ENT.1"),
        (json!({ "from": legacy }), legacy.as_str()),
    ] {
        let sender = sender(json!(null), message.clone());
        assert_eq!(
            (sender.wa_id, sender.bsuid.unwrap().as_str()),
            (None, expected),
            "{message}"
        );
    }
    let from_contact = sender(
        json!([{ "user_id": "US.1", "parent_user_id": "US.ENT.1", "wa_id": "" }]),
        json!({}),
    );
    assert_eq!(from_contact.bsuid.unwrap().as_str(), "US.1");
    assert_eq!(
        (from_contact.wa_id, from_contact.parent_bsuid.unwrap().as_str()),
        (None, "US.ENT.1")
    );
    let misplaced = sender(
        json!([{ "wa_id": "US.1", "profile": { "name": "N" } }]),
        json!({ "from": "US.1" }),
    );
    assert_eq!((misplaced.wa_id, misplaced.name.as_deref()), (None, Some("N")));
    assert_eq!(sender(json!([]), json!({ "from": "" })), Sender::default());
}

#[test]
fn a_status_with_everything() {
    let items = values([json!({
        "contacts": [{ "wa_id": "420777123456", "user_id": "CZ.1" }],
        "statuses": [{
            "id": "wamid.S", "status": "failed", "timestamp": 1_760_000_000, "recipient_id": "420777123456",
            "recipient_user_id": "CZ.1", "biz_opaque_callback_data": "message-7", "pricing": { "billable": true, "pricing_model": "PMP",
                "type": "regular", "category": "service" },
            "errors": [{ "code": 131_047, "title": "Re-engagement message", "message": "m",
                "error_data": { "details": "24 hours" }, "href": "https://developers.facebook.com/" }],
        }],
    })]);
    let failed = status(&items[0]);
    assert_eq!(
        (&failed.status, failed.timestamp),
        (&Status::Failed, Some(1_760_000_000))
    );
    assert_eq!(failed.recipient_wa_id.as_ref().unwrap().as_str(), "420777123456");
    assert_eq!(failed.recipient_bsuid.as_ref().unwrap().as_str(), "CZ.1");
    assert_eq!(failed.callback_data.as_deref(), Some("message-7"));
    let pricing = Pricing {
        billable: Some(true),
        model: Some("PMP".into()),
        kind: Some("regular".into()),
        category: Some("service".into()),
    };
    assert_eq!(failed.pricing, Some(pricing));
    assert_eq!(
        (failed.errors[0].code, failed.errors[0].class()),
        (131_047, Some(RetryClass::Recipient))
    );
    assert_eq!(failed.errors[0].details.as_deref(), Some("24 hours"));
    assert_eq!(
        items[0].contact_raw.as_deref(),
        Some(r#"{"user_id":"CZ.1","wa_id":"420777123456"}"#)
    );
}

#[test]
fn a_status_may_be_lean() {
    let items = values([json!({
        "contacts": [{ "wa_id": "420777123456" }],
        "statuses": [{ "id": "1", "status": "failed", "recipient_id": "" }, { "id": "2", "status": "read" },
            { "id": "3", "status": "sent", "pricing": { "billable": "false", "category": 7, "type": null } },
            { "id": "4", "status": "sent", "pricing": "free" }],
    })]);
    for item in &items {
        let status = status(item);
        assert_eq!(
            (status.timestamp, &status.recipient_wa_id, &status.errors),
            (None, &None, &vec![])
        );
        assert_eq!(item.contact_raw, None);
    }
    let pricing = Pricing {
        billable: Some(false),
        category: Some("7".into()),
        ..Pricing::default()
    };
    assert_eq!(status(&items[2]).pricing, Some(pricing));
    assert_eq!(status(&items[3]).pricing, None);
}

#[test]
fn status_words() {
    for (word, expected) in [
        ("sent", Status::Sent),
        ("delivered", Status::Delivered),
        ("read", Status::Read),
        ("played", Status::Played),
        ("failed", Status::Failed),
        ("warning", Status::Other("warning".into())),
    ] {
        let items = values([json!({ "statuses": [{ "id": "1", "status": word }] })]);
        assert_eq!((&status(&items[0]).status, expected.as_str()), (&expected, word));
    }
}

#[test]
fn the_statuses_of_a_group_differ_by_participant() {
    let of_group = |rest: Value| {
        let mut status =
            json!({ "id": "1", "status": "read", "recipient_id": "120363", "recipient_type": "group" });
        status
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        status
    };
    let items = values([json!({ "statuses": [
        of_group(json!({ "recipient_participant_id": "420777123456" })),
        of_group(json!({ "recipient_user_id": "CZ.1" })),
    ]})]);
    assert_eq!(status(&items[0]).participant.as_deref(), Some("420777123456"));
    assert_eq!(
        status(&items[0]).recipient_wa_id.as_ref().unwrap().as_str(),
        "420777123456"
    );
    assert_eq!(status(&items[1]).participant.as_deref(), Some("CZ.1"));
    assert_eq!(status(&items[1]).recipient_wa_id, None);
}

#[test]
fn errors_of_the_number_as_a_whole() {
    let metadata = json!({ "phone_number_id": "1" });
    let items = values([
        json!({ "metadata": metadata, "errors": [{ "code": "130429", "title": "Rate limit hit" }] }),
    ]);
    let ItemKind::Error(error) = &items[0].kind else {
        panic!("{items:?}")
    };
    assert_eq!(
        (error.code, error.title.as_deref()),
        (130_429, Some("Rate limit hit"))
    );
    assert_eq!(items[0].phone_number_id.as_deref(), Some("1"));
}

#[test]
fn other_changes_are_kept_with_their_number() {
    let items = notification(json!([{ "id": "1", "changes": [
        { "field": "messaging_handovers", "value": {
            "type": "control_passed", "recipient": { "phone_number_id": "55" },
            "control_passed": { "previous_owner_app_role": "x" } } },
        { "field": "standby", "value": { "metadata": { "phone_number_id": "66" }, "standby": {}, "messages": [{}] } },
        { "field": "phone_number_quality_update", "value": { "display_phone_number": "+420", "event": "FLAGGED" } },
        { "field": "messages", "value": { "messages": [], "statuses": null } },
        { "field": "messages", "value": null },
        { "value": {} },
    ]}]));
    let expected = [
        "messaging_handovers",
        "standby",
        "phone_number_quality_update",
        "messages",
        "messages",
        "",
    ];
    assert_eq!(names(&items), expected.map(|field| format!("change {field}")));
    assert_eq!(items[0].phone_number_id.as_deref(), Some("55"));
    assert_eq!(items[1].phone_number_id.as_deref(), Some("66"));
    assert_eq!(items[2].display_phone_number.as_deref(), Some("+420"));
    assert!(items[0].raw.contains(r#""field":"messaging_handovers""#));
}

#[test]
fn a_single_object_where_a_list_belongs_is_read() {
    let body = json!({ "object": "whatsapp_business_account", "entry": { "changes": {
        "field": "messages", "value": { "messages": { "id": "a" } } } } });
    assert_eq!(
        names(&webhook::parse(body.to_string().as_bytes()).unwrap()),
        ["a"]
    );
}

#[test]
fn what_meta_tells_of_templates_is_read_whatever_is_missing() {
    let body = |field: &str, value: Value| {
        json!({ "object": webhook::OBJECT, "entry": [{ "id": "200", "changes": [{ "field": field, "value": value }] }] }).to_string()
    };
    let told = |field: &str, value: Value| {
        let items = webhook::parse(body(field, value).as_bytes()).unwrap();
        assert!(items.iter().all(|item| item.waba_id.as_deref() == Some("200")));
        names(&items).join("; ")
    };
    let status = "message_template_status_update";
    let all = json!({
        "event": "REJECTED", "message_template_id": 1_234_567_890_123_456_789_u64, "message_template_name": "n",
        "message_template_language": "en", "reason": "SCAM",
        "rejection_info": { "reason": "why", "recommendation": "what" },
    });
    assert_eq!(
        told(status, all),
        "template 1234567890123456789 Status { event: \"REJECTED\", reason: Some(\"SCAM\"), \
         explanation: Some(\"why\"), recommendation: Some(\"what\") }"
    );
    let paused = json!({ "event": "PAUSED", "message_template_id": "5", "reason": "NONE",
        "other_info": { "title": "FIRST_PAUSE", "description": "for a while" } });
    assert_eq!(
        told(status, paused),
        "template 5 Status { event: \"PAUSED\", reason: None, explanation: Some(\"for a while\"), \
         recommendation: None }"
    );
    let announced = json!({ "message_template_id": 5, "new_category": "UTILITY", "correct_category": "MARKETING",
        "category_update_timestamp": 1_795_341_600 });
    assert_eq!(
        told("template_category_update", announced),
        "template 5 Category { new: Some(\"UTILITY\"), announced: Some(\"MARKETING\"), at: Some(1795341600) }"
    );
    let quality =
        json!({ "message_template_id": 5, "previous_quality_score": "GREEN", "new_quality_score": "PURPLE" });
    assert_eq!(
        told("message_template_quality_update", quality),
        "template 5 Quality { new: Some(\"PURPLE\") }"
    );
    let edited = json!({ "message_template_id": 5, "message_template_element": "text" });
    assert_eq!(
        told("message_template_components_update", edited),
        "template 5 Components"
    );
    for broken in [
        json!({ "event": "PAUSED" }),
        json!({ "message_template_id": 5 }),
        json!({}),
    ] {
        assert_eq!(
            told(status, broken),
            "a change of a template without its id or its event"
        );
    }
    assert_eq!(
        told(status, json!("text")),
        "change message_template_status_update"
    );
}
