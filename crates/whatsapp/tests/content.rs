//! One message at a time: every type that Meta documents, and the ways in which each can be broken.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use serde_json::{Value, json};
use whatsapp::{
    Wamid,
    webhook::{
        self, Content, Context, GraphErrorObject, InboundMessage, Interactive, ItemKind, MediaKind,
        OrderItem, SharedPhone,
    },
};

/// Parses a message with an id, a time and a sender inside a whole notification.
fn message(fields: Value) -> InboundMessage {
    let mut message = json!({ "id": "wamid.1", "timestamp": "1760000000", "from": "420777123456" });
    message
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": { "messages": [message] } }] }],
    });
    let mut items = webhook::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(items.len(), 1);
    match items.remove(0).kind {
        ItemKind::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

fn content(fields: Value) -> Content {
    message(fields).content
}

fn unknown(kind: &str) -> Content {
    Content::Unknown {
        kind: kind.to_owned(),
    }
}

fn wamid(text: &str) -> Wamid {
    Wamid::parse(text).unwrap()
}

#[test]
fn text() {
    let text = content(json!({ "type": "text", "text": { "body": "Dobrý den 👋" } }));
    assert_eq!(
        text,
        Content::Text {
            body: "Dobrý den 👋".into()
        }
    );
    assert_eq!(text.kind(), "text");

    let empty = content(json!({ "type": "text", "text": { "body": "" } }));
    assert_eq!(empty, Content::Text { body: String::new() });
}

#[test]
fn media_of_every_kind() {
    for (word, expected) in [
        ("image", MediaKind::Image),
        ("video", MediaKind::Video),
        ("audio", MediaKind::Audio),
        ("document", MediaKind::Document),
        ("sticker", MediaKind::Sticker),
    ] {
        let media = content(json!({ "type": word, word: { "id": 123, "mime_type": null } }));
        let Content::Media {
            kind,
            ref id,
            ref mime_type,
            voice,
            animated,
            ..
        } = media
        else {
            panic!("{media:?}")
        };
        assert_eq!((kind, id.as_deref(), mime_type), (expected, Some("123"), &None));
        assert_eq!((media.kind(), voice, animated), (word, false, false));
        let without_a_file = content(json!({ "type": word, word: { "caption": "no id" } }));
        assert_eq!(without_a_file.kind(), word);
    }
}

#[test]
fn media_with_everything() {
    let media = content(json!({ "type": "audio", "audio": {
        "id": "77", "mime_type": "audio/ogg; codecs=opus", "sha256": "a+/=", "caption": "caption",
        "filename": "../name.ogg", "voice": true, "animated": true, "url": "https://lookaside.fbsbx.com/x",
    }}));
    assert_eq!(
        media,
        Content::Media {
            kind: MediaKind::Audio,
            id: Some("77".into()),
            mime_type: Some("audio/ogg; codecs=opus".into()),
            sha256: Some("a+/=".into()),
            caption: Some("caption".into()),
            filename: Some("../name.ogg".into()),
            voice: true,
            animated: true,
            url: Some("https://lookaside.fbsbx.com/x".into()),
        }
    );
}

#[test]
fn location() {
    let place =
        json!({ "latitude": 50.08, "longitude": "14.42", "name": "Castle", "address": "Prague", "url": 5 });
    let place = content(json!({ "type": "location", "location": place }));
    assert_eq!(
        place,
        Content::Location {
            latitude: Some(50.08),
            longitude: Some(14.42),
            name: Some("Castle".into()),
            address: Some("Prague".into()),
            url: Some("5".into()),
        }
    );
    let nowhere = json!({ "latitude": "NaN", "longitude": 1, "name": "Castle" });
    let nowhere = content(json!({ "type": "location", "location": nowhere }));
    assert_eq!(
        nowhere,
        Content::Location {
            latitude: None,
            longitude: Some(1.0),
            name: Some("Castle".into()),
            address: None,
            url: None,
        }
    );
}

#[test]
fn shared_contacts() {
    let cards = content(json!({ "type": "contacts", "contacts": [
        {
            "name": { "formatted_name": "Jana Nová" }, "org": { "company": "ACME" }, "vcard": "BEGIN:VCARD",
            "phones": [{ "phone": "+420 777 123 456", "wa_id": "420777123456", "type": "CELL" }, "broken"],
            "emails": [{ "email": "jana@example.com" }, {}], "origin": "contact_request",
        },
        { "addresses": [{ "city": "Brno" }] },
        { "name": { "first_name": "Petr", "last_name": "Malý" }, "phones": null, "emails": 4 },
        "not a contact",
    ]}));
    let Content::Contacts(cards) = cards else {
        panic!("{cards:?}")
    };
    assert_eq!(cards.len(), 3);
    assert_eq!(cards[0].organisation.as_deref(), Some("ACME"));
    assert_eq!(cards[0].vcard.as_deref(), Some("BEGIN:VCARD"));
    assert_eq!(cards[0].origin.as_deref(), Some("contact_request"));
    assert_eq!(cards[0].emails.len(), 1, "what is empty says nothing");
    assert_eq!(cards[0].emails[0].value, "jana@example.com");
    let number = SharedPhone {
        phone: Some("+420 777 123 456".into()),
        wa_id: "420777123456".parse().ok(),
        kind: Some("CELL".into()),
    };
    let bare = SharedPhone {
        phone: Some("broken".into()),
        ..SharedPhone::default()
    };
    assert_eq!(cards[0].phones, [number, bare]);
    assert_eq!(cards[1].addresses[0].city.as_deref(), Some("Brno"));
    assert_eq!(cards[2].emails[0].value, "4");
    assert_eq!(
        content(json!({ "type": "contacts", "contacts": null })),
        unknown("contacts")
    );
}

#[test]
fn what_a_card_says_in_its_own_way_is_kept() {
    let cards = content(json!({ "type": "contacts", "contacts": [{
        "name": { "formatted_name": "Eva", "nickname": "Evička", "first_name": "Eva" },
        "phones": [{ "phone": "+420 777 123 456", "note": "evenings" }, "+420 777 000 111"],
        "org": { "company": "ACME", "floor": 3 }, "addresses": [{ "city": "Brno", "geo": { "lat": 49.2 } }],
        "emails": { "email": "eva@example.org", "checked": true }, "birthday": { "year": 1990 }, "urls": "example.org",
        "x": [1],
    }, { "birthday": [1990, 2] }]}));
    let Content::Contacts(cards) = cards else {
        panic!("{cards:?}")
    };
    let other = |n: usize| -> Vec<_> {
        let all = cards[n].other.iter();
        all.map(|field| format!("{}={}", field.place.join("."), field.value))
            .collect()
    };
    assert_eq!(
        other(0),
        [
            "addresses.1.geo.lat=49.2",
            "birthday.year=1990",
            "emails.checked=true",
            "name.nickname=Evička",
            "org.floor=3",
            "phones.1.note=evenings",
            "x.1=1",
        ]
    );
    assert_eq!(other(1), ["birthday.1=1990", "birthday.2=2"]);
}

#[test]
fn template_button() {
    let button = content(json!({ "type": "button", "button": { "text": "Yes", "payload": "yes-1" } }));
    assert_eq!(
        button,
        Content::Button {
            text: Some("Yes".into()),
            payload: Some("yes-1".into())
        }
    );
}

#[test]
fn interactive_answers() {
    let answer = |kind: &str, own: Value| {
        content(json!({ "type": "interactive", "interactive": { "type": kind, kind: own } }))
    };

    let button = answer("button_reply", json!({ "id": "b", "title": "Sales" }));
    assert_eq!(
        button,
        Content::Interactive(Interactive::ButtonReply {
            id: Some("b".into()),
            title: Some("Sales".into())
        })
    );
    assert_eq!(
        answer(
            "list_reply",
            json!({ "id": "r", "title": "Row", "description": null })
        ),
        Content::Interactive(Interactive::ListReply {
            id: Some("r".into()),
            title: Some("Row".into()),
            description: None
        })
    );
    assert_eq!(
        answer(
            "call_permission_reply",
            json!({ "response": "accept", "expiration_timestamp": 1 })
        ),
        Content::Interactive(Interactive::CallPermissionReply {
            response: Some("accept".into())
        })
    );
    assert_eq!(
        answer("product", json!({ "anything": [1] })),
        Content::Interactive(Interactive::Product(json!({ "anything": [1] })))
    );
    assert_eq!(
        answer("newer_reply", json!({})),
        Content::Interactive(Interactive::Other {
            kind: "newer_reply".into()
        })
    );
    assert_eq!(answer("list_reply", json!("broken")), unknown("interactive"));
    assert_eq!(
        content(json!({ "type": "interactive", "interactive": {} })),
        unknown("interactive")
    );
}

#[test]
fn a_flow_reply_is_kept_even_if_its_json_is_broken() {
    let reply = |response_json: Value| {
        let own = json!({ "name": "flow", "body": "Sent", "response_json": response_json });
        let content = content(
            json!({ "type": "interactive", "interactive": { "type": "nfm_reply", "nfm_reply": own } }),
        );
        match content {
            Content::Interactive(Interactive::NfmReply {
                name,
                body,
                response_json,
            }) => {
                assert_eq!((name.as_deref(), body.as_deref()), (Some("flow"), Some("Sent")));
                response_json
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        reply(json!(r#"{"flow_token":"x"}"#)).unwrap(),
        r#"{"flow_token":"x"}"#
    );
    assert_eq!(reply(json!("{broken")).unwrap(), "{broken");
    assert_eq!(reply(json!({ "an": "object" })).unwrap(), r#"{"an":"object"}"#);
    assert_eq!(reply(Value::Null), None);
}

#[test]
fn a_reaction_without_an_emoji_was_taken_back() {
    let reaction = |own: Value| content(json!({ "type": "reaction", "reaction": own }));
    let thumb = reaction(json!({ "message_id": "wamid.0", "emoji": "👍" }));
    assert_eq!(
        thumb,
        Content::Reaction {
            wamid: wamid("wamid.0"),
            emoji: Some("👍".into())
        }
    );
    let taken_back = Content::Reaction {
        wamid: wamid("wamid.0"),
        emoji: None,
    };
    assert_eq!(
        reaction(json!({ "message_id": "wamid.0", "emoji": "" })),
        taken_back
    );
    assert_eq!(reaction(json!({ "message_id": "wamid.0" })), taken_back);
    assert_eq!(reaction(json!({ "emoji": "👍" })), unknown("reaction"));
}

#[test]
fn an_orders_numbers_may_be_strings() {
    let order = content(
        json!({ "type": "order", "order": { "catalog_id": 9, "text": "Please", "product_items": [
            { "product_retailer_id": "a", "quantity": "2", "item_price": "10.50", "currency": "CZK" },
            { "product_retailer_id": "b", "quantity": 2.0, "item_price": 7.5 },
        ]}}),
    );
    let item = |id: &str, quantity: &str, price: &str, currency: Option<&str>| OrderItem {
        retailer_id: Some(id.into()),
        quantity: Some(quantity.into()),
        item_price: Some(price.into()),
        currency: currency.map(str::to_owned),
    };
    assert_eq!(
        order,
        Content::Order {
            catalog_id: Some("9".into()),
            text: Some("Please".into()),
            items: vec![
                item("a", "2", "10.50", Some("CZK")),
                item("b", "2.0", "7.5", None)
            ],
        }
    );
}

#[test]
fn system_changes() {
    let system = |fields: Value| match content(fields) {
        Content::System(change) => change,
        other => panic!("{other:?}"),
    };
    let number = system(json!({ "type": "system", "system": {
        "type": "user_changed_number", "body": "changed", "wa_id": "420777000111", "previous_user_id": "CZ.1",
    }}));
    assert_eq!(number.kind.as_deref(), Some("user_changed_number"));
    assert_eq!(number.wa_id.unwrap().as_str(), "420777000111");
    assert_eq!(number.previous_bsuid.unwrap().as_str(), "CZ.1");

    let user = system(json!({ "type": "system", "from": null, "system": {
        "type": "user_changed_user_id", "user_id": "CZ.2", "previous_user_id": "CZ.1",
        "parent_user_id": "CZ.ENT.2", "previous_parent_user_id": "CZ.ENT.1", "wa_id": "",
    }}));
    assert_eq!((user.bsuid.unwrap().as_str(), user.wa_id), ("CZ.2", None));
    assert_eq!(user.parent_bsuid.unwrap().as_str(), "CZ.ENT.2");
    assert_eq!(user.previous_parent_bsuid.unwrap().as_str(), "CZ.ENT.1");

    let identity = json!({ "acknowledged": false, "created_timestamp": 1, "hash": "h" });
    let changed = json!({ "type": "customer_identity_changed" });
    let identity = system(json!({ "type": "system", "system": changed, "identity": identity }));
    assert_eq!(identity.identity_hash.as_deref(), Some("h"));
}

#[test]
fn edits_and_revocations() {
    let edited = json!({ "type": "text", "text": { "body": "corrected" } });
    let edit =
        content(json!({ "type": "edit", "edit": { "original_message_id": "wamid.0", "message": edited } }));
    assert_eq!(
        edit,
        Content::Edit {
            original: Some(wamid("wamid.0")),
            content: Content::Text {
                body: "corrected".into()
            }
            .into()
        }
    );
    assert_eq!(edit.kind(), "edit");

    let nested = json!({ "type": "edit", "edit": { "original_message_id": "wamid.0", "message": {
        "type": "edit", "edit": { "original_message_id": "wamid.0", "message": edited },
    }}});
    let inner = unknown("edit").into();
    assert_eq!(
        content(nested),
        Content::Edit {
            original: Some(wamid("wamid.0")),
            content: inner
        }
    );
    assert_eq!(
        content(json!({ "type": "edit", "edit": { "original_message_id": "wamid.0" } })),
        unknown("edit")
    );

    let bare = json!({ "type": "edit", "edit": { "message": { "text": { "body": "corrected" } } } });
    let bare = content(bare);
    assert!(matches!(bare, Content::Edit { original: None, .. }));

    let revoke = content(json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.0" } }));
    assert_eq!(
        revoke,
        Content::Revoke {
            original: wamid("wamid.0")
        }
    );
}

#[test]
fn types_that_meta_does_not_pass_on_keep_their_errors() {
    let error =
        json!({ "code": "131051", "title": "Unsupported", "error_data": { "details": "not supported" } });
    let poll = message(
        json!({ "type": "unsupported", "unsupported": { "type": "poll_creation" }, "errors": [error] }),
    );
    assert_eq!(
        poll.content,
        Content::Unsupported {
            kind: Some("poll_creation".into())
        }
    );
    assert_eq!(
        poll.errors,
        [GraphErrorObject {
            code: 131_051,
            title: Some("Unsupported".into()),
            message: None,
            details: Some("not supported".into()),
            href: None,
        }]
    );
    assert_eq!(
        content(json!({ "type": "unknown" })),
        Content::Unsupported { kind: None }
    );

    let older = message(json!({ "type": "image", "errors": [{ "code": 131052, "details": "directly" }] }));
    assert_eq!(older.content, unknown("image"));
    assert_eq!(older.errors[0].details.as_deref(), Some("directly"));
    assert_eq!(
        message(json!({ "type": "text", "errors": [{}] })).errors[0].code,
        GraphErrorObject::NO_CODE
    );
}

#[test]
fn an_unknown_type_is_a_message_all_the_same() {
    let hologram = message(json!({ "type": "hologram", "hologram": { "id": "1" } }));
    assert_eq!(
        (&hologram.content, hologram.content.kind()),
        (&unknown("hologram"), "hologram")
    );
    assert_eq!(hologram.sender.wa_id.unwrap().as_str(), "420777123456");
    assert_eq!(content(json!({})), unknown(""));
    let without_a_type = content(json!({ "text": { "body": "x" } }));
    assert_eq!(without_a_type, Content::Text { body: "x".into() });
}

#[test]
fn every_type_without_its_object_is_unknown() {
    for kind in [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "button",
        "interactive",
        "reaction",
        "order",
        "system",
        "edit",
        "revoke",
    ] {
        for own in [Value::Null, json!(""), json!(7)] {
            let content = content(json!({ "type": kind, kind: own }));
            // A list of contacts keeps the readable ones, here none.
            let nothing = kind == "contacts" && !own.is_null();
            assert_eq!(
                content,
                if nothing {
                    Content::Contacts(Vec::new())
                } else {
                    unknown(kind)
                },
                "{own}"
            );
        }
    }
}

#[test]
fn context_referral_and_group() {
    let reply = message(json!({
        "type": "text", "text": { "body": "x" }, "group_id": "group-1",
        "context": { "from": "420777000111", "id": "wamid.0" },
        "referral": { "source_type": "ad", "ctwa_clid": "c" },
    }));
    assert_eq!(
        reply.context,
        Some(Context {
            wamid: Some(wamid("wamid.0")),
            from: Some("420777000111".into()),
            ..Context::default()
        })
    );
    assert_eq!(
        reply.referral,
        Some(json!({ "source_type": "ad", "ctwa_clid": "c" }))
    );
    assert_eq!(reply.group_id.as_deref(), Some("group-1"));

    let forwarded =
        message(json!({ "context": { "forwarded": true, "frequently_forwarded": true, "id": null } }));
    let expected = Context {
        forwarded: true,
        frequently_forwarded: true,
        ..Context::default()
    };
    assert_eq!(forwarded.context, Some(expected));
    assert_eq!(message(json!({ "context": "broken" })).context, None);
}

#[test]
fn a_timestamp_is_a_string_or_a_number_or_absent() {
    assert_eq!(message(json!({})).timestamp, Some(1_760_000_000));
    assert_eq!(
        message(json!({ "timestamp": 1_760_000_001 })).timestamp,
        Some(1_760_000_001)
    );
    for broken in [
        json!("soon"),
        json!(""),
        json!(null),
        json!([1]),
        json!("99999999999999999999"),
    ] {
        assert_eq!(
            message(json!({ "timestamp": broken })).timestamp,
            None,
            "{broken}"
        );
    }
}
