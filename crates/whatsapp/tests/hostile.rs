//! Whatever arrives, the parser neither panics nor loses a sound message because of a broken one.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use whatsapp::webhook::{self, ItemKind};

fn sound(id: &str) -> Value {
    json!({ "id": id, "from": "420777123456", "timestamp": "1760000000", "type": "text", "text": { "body": "\u{e4}" } })
}

fn notification(messages: Vec<Value>) -> String {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": {
            "metadata": { "phone_number_id": "1" },
            "contacts": [{ "wa_id": "420777123456", "profile": { "name": "Jana" } }],
            "messages": messages,
            "statuses": [{ "id": "s", "status": "sent", "errors": [{ "code": 1, "error_data": {} }] }],
        }}]}],
    })
    .to_string()
}

/// Any JSON under the keys that the parser reads.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::sample::select(vec![
            "text",
            "edit",
            "interactive",
            "contacts",
            "system",
            "CZ.1",
            "420777123456",
            ""
        ])
        .prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "id",
        "from",
        "from_user_id",
        "type",
        "text",
        "body",
        "edit",
        "message",
        "original_message_id",
        "interactive",
        "nfm_reply",
        "contacts",
        "name",
        "phones",
        "system",
        "identity",
        "location",
        "latitude",
        "order",
        "product_items",
        "errors",
        "code",
        "error_data",
        "context",
        "referral",
        "timestamp",
        "image",
    ]);
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((key.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes(body in vec(any::<u8>(), 0..512)) {
        let _ = webhook::parse(&body);
    }

    #[test]
    fn a_sound_body_with_bytes_changed(
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut body = notification(vec![sound("a"), sound("b")]).into_bytes();
        for (index, byte, action) in changes {
            let at = index.index(body.len());
            match action {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => { body.remove(at); }
            }
        }
        let _ = webhook::parse(&body);
    }

    #[test]
    fn sound_messages_survive_any_neighbours(before in vec(any_json(), 0..4), after in vec(any_json(), 0..4)) {
        let count = before.len() + after.len();
        let messages = before.into_iter().chain([sound("the sound one")]).chain(after).collect();
        let items = webhook::parse(notification(messages).as_bytes()).unwrap();
        prop_assert_eq!(items.len(), count + 2);
        let found = items.iter().filter(|item| match &item.kind {
            ItemKind::Message(message) => {
                message.wamid.as_str() == "the sound one" && message.sender.name.as_deref() == Some("Jana")
            }
            _ => false,
        });
        prop_assert_eq!(found.count(), 1);
    }

    #[test]
    fn every_item_keeps_its_own_text(messages in vec(any_json(), 0..6)) {
        let items = webhook::parse(notification(messages.clone()).as_bytes()).unwrap();
        for (item, message) in items.iter().zip(messages) {
            prop_assert_eq!(&item.raw, &message.to_string());
        }
    }
}

#[test]
fn depth_costs_neither_the_stack_nor_the_neighbours() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let edits = format!(
        "{}{}{}",
        r#"{"type":"edit","edit":{"original_message_id":"o","message":"#.repeat(20_000),
        "{}",
        "}}".repeat(20_000)
    );
    let messages = format!(
        r#"[{deep}, {{"id":"deep","type":"text","text":{deep},"referral":{deep}}},
        {{"id":"edits","type":"edit","edit":{{"original_message_id":"o","message":{edits}}}}}, {{"id":"last"}}]"#
    );
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"changes":[{{"field":"messages",
        "value":{{"messages":{messages}}}}}]}}]}}"#
    );
    let items = webhook::parse(body.as_bytes()).unwrap();
    let ids: Vec<_> = items
        .iter()
        .map(|item| match &item.kind {
            ItemKind::Message(message) => message.wamid.as_str(),
            _ => "-",
        })
        .collect();
    assert_eq!(ids, ["-", "deep", "edits", "last"]);
}
