//! Invariants that hold for any bytes. The fuzzer calls these functions (`cargo +nightly fuzz run body`), and so does
//! `crates/whatsapp/tests/corpus.rs` in every test run, with the stored corpus and mutations of it.

use domain::phone::same_customer_key;
use secrecy::SecretString;
use serde_json::Value;
use whatsapp::{
    Bsuid, WaId, Wamid, signature,
    webhook::{self, Content, Interactive, ItemKind},
};

/// A body is refused, or everything in it becomes an item with its own raw text.
pub fn body(data: &[u8]) {
    let items = webhook::parse(data);
    assert_eq!(items, webhook::parse(data), "reading twice is reading the same");
    let Ok(items) = items else { return };
    let text = std::str::from_utf8(data).expect("JSON is UTF-8");
    for item in &items {
        for raw in [Some(&item.raw), item.contact_raw.as_ref()].into_iter().flatten() {
            assert!(text.contains(raw), "not of the body: {raw}");
        }
        if let ItemKind::Message(message) | ItemKind::Echo(message) = &item.kind {
            let _ = (message.content.kind(), message.content.about());
            if let Content::Interactive(Interactive::NfmReply { response_json, .. }) = &message.content {
                let _ = response_json.as_deref().map(webhook::fields);
            }
        }
    }
    // serde_json cannot count what it cannot read: deep nesting, huge numbers, half an emoji.
    if let Ok(body) = serde_json::from_slice::<Value>(data) {
        let expected = Expected::of(&body);
        let messages = items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Message(_)))
            .count();
        assert_eq!((items.len(), messages), (expected.items, expected.messages));
    }
}

/// The contents of a body, counted in another way.
#[derive(Default)]
struct Expected {
    items: usize,
    /// Messages that have an id.
    messages: usize,
}

impl Expected {
    fn of(body: &Value) -> Self {
        let mut expected = Self::default();
        for entry in list(&body["entry"]) {
            let changes = list(&entry["changes"]);
            if changes.is_empty() {
                expected.items += 1;
            }
            changes.iter().for_each(|change| expected.change(change));
        }
        expected
    }

    fn change(&mut self, change: &Value) {
        let value = &change["value"];
        let parts = match change["field"].as_str() {
            Some("messages") => ["messages", "statuses", "errors"]
                .map(|key| list(&value[key]))
                .to_vec(),
            Some("smb_message_echoes") => vec![Vec::new(), list(&value["message_echoes"])],
            _ => vec![Vec::new()],
        };
        let updates: usize = parts.iter().map(Vec::len).sum();
        if updates == 0 {
            self.items += 1;
            return;
        }
        self.items += updates;
        let has_id = |message: &&&Value| match &message["id"] {
            Value::String(id) => (1..=512).contains(&id.replace('\0', "\u{FFFD}").trim().len()),
            id => id.is_number(),
        };
        self.messages += parts[0].iter().filter(has_id).count();
    }
}

/// A single value counts as a list of one, and null as an empty list.
fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    }
}

/// Only a correct signature is accepted. The first byte of `data` is the length of the header; the header and the body
/// follow.
pub fn signature(data: &[u8]) {
    let Some((length, rest)) = data.split_first() else {
        return;
    };
    let (header, body) = rest.split_at(usize::from(*length).min(rest.len()));
    let header = String::from_utf8_lossy(header);
    let secret = SecretString::from("an-app-secret");
    let signed = signature::sign(&secret, body);
    assert!(signature::verify(&secret, Some(&signed), body).is_ok());
    assert!(signature::verify(&secret, None, body).is_err());
    assert!(signature::verify(&SecretString::from("another"), Some(&signed), body).is_err());
    if signature::verify(&secret, Some(&header), body).is_ok() {
        assert!(header.eq_ignore_ascii_case(&signed), "{header}");
    }
}

/// A text parses as one kind of identity, and parsing does not change it.
pub fn identity(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(id) = Wamid::parse(&text) {
        assert_eq!(id.as_str(), text);
    }
    if let Ok(id) = Bsuid::parse(&text) {
        assert_eq!(id.as_str(), text);
        assert!(WaId::parse(&text).is_err());
    }
    if let Ok(id) = WaId::parse(&text) {
        assert!(id.as_str().bytes().all(|digit| digit.is_ascii_digit()));
        assert_eq!(WaId::parse(id.as_str()).as_ref(), Ok(&id));
        let key = same_customer_key(id.as_str());
        assert_eq!(same_customer_key(&key), key);
    } else {
        let _ = same_customer_key(&text);
    }
}
