//! What a message says that has no place of its own in a bubble, field by field.

use domain::message::{Advert, content::Answer};
use whatsapp::webhook::{Content, Field, Interactive, fields_at};

/// Maximum fields of one message, and maximum characters of each; an administrator sees the whole JSON.
const MAX: usize = 50;
const MAX_VALUE: usize = 1000;

/// What the message says besides the words of its type. An unknown type is shown whole.
pub(super) fn of(content: &Content, payload: &str) -> Vec<Answer> {
    let (content, mut place) = match content {
        Content::Edit { content, .. } => (content.as_ref(), vec!["edit", "message"]),
        content => (content, Vec::new()),
    };
    let own: &[&str] = match content {
        Content::Interactive(Interactive::ListReply { .. }) => &["interactive", "list_reply", "description"],
        Content::Interactive(Interactive::CallPermissionReply { .. }) => {
            &["interactive", "call_permission_reply"]
        }
        Content::Interactive(Interactive::Product(_)) => &["interactive", "product"],
        Content::Interactive(Interactive::Other { .. }) => &["interactive"],
        Content::Order { .. } => &["order", "catalog_id"],
        Content::System(change) if change.body.is_none() => &["system"],
        Content::Location {
            latitude, longitude, ..
        } if latitude.is_none() || longitude.is_none() => &["location"],
        Content::Unknown { kind } => &[kind.as_str()],
        _ => &[],
    };
    // The product from whose page the customer asks.
    let mut found = at(payload, &["context", "referred_product"]);
    if !own.is_empty() {
        place.extend(own);
        found.extend(at(payload, &place));
    }
    if let Content::Location { .. } = content {
        found.retain(|detail| !["name", "address", "url"].contains(&detail.field.as_str()));
    }
    found.retain(|detail| !detail.value.is_empty());
    if found.len() > MAX {
        found.truncate(MAX);
        found.push(Answer {
            field: "…".to_owned(),
            value: "…".to_owned(),
        });
    }
    found
}

/// The advertisement that led here: its words, and which one it was.
pub(super) fn advert(referral: &serde_json::Value) -> Advert {
    let text = |at: &str| {
        let text = referral.pointer(at)?.as_str()?;
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    // Only a web address becomes a link: anything else could be a script.
    let is_web = |link: &String| link.starts_with("https://") || link.starts_with("http://");
    let detail = |(field, at): (&str, &str)| {
        let value = text(at)?;
        Some(shortened(Answer {
            field: field.to_owned(),
            value,
        }))
    };
    let details = [
        ("welcome_message", "/welcome_message/text"),
        ("source_type", "/source_type"),
        ("source_id", "/source_id"),
    ];
    Advert {
        headline: text("/headline"),
        body: text("/body"),
        link: text("/source_url").filter(is_web),
        details: details.into_iter().filter_map(detail).collect(),
    }
}

/// The fields of a part of a message.
fn at(payload: &str, place: &[&str]) -> Vec<Answer> {
    let name = place.last().copied().unwrap_or_default();
    let fields = fields_at(payload, place).into_iter();
    fields.map(|field| shortened(answer(field, name))).collect()
}

/// A field, named by its place; a value without a place gets the name `else_named`.
pub(super) fn answer(field: Field, else_named: &str) -> Answer {
    let named = field.place.join(" › ");
    Answer {
        field: match named.is_empty() {
            true => else_named.to_owned(),
            false => named,
        },
        value: field.value,
    }
}

fn shortened(mut answer: Answer) -> Answer {
    if let Some((end, _)) = answer.value.char_indices().nth(MAX_VALUE) {
        answer.value.truncate(end);
        answer.value.push('…');
    }
    answer
}
