//! From Meta's wire to what a message says.

use super::details;
use domain::{
    display_name,
    message::content::{
        Address, Answer, Call, Chosen, Contact, ContactName, Content, Edit, Email, Fact, FactKind, Form,
        Interactive, Location, Media, Order, OrderLine, Organization, Phone, Reaction, Revoke, System,
        Tapped, Text, Url,
    },
};
use whatsapp::webhook::{self as wire, MediaKind, SharedContact};

/// What a message that came in says.
pub(crate) fn received(content: &wire::Content) -> Content {
    match content {
        wire::Content::Text { body } => Content::Text(Text {
            body: body.clone(),
            preview_url: true,
        }),
        wire::Content::Media {
            kind,
            caption,
            filename,
            voice,
            ..
        } => {
            let media = Media {
                caption: caption.clone(),
                filename: filename.clone(),
                voice: *voice,
                ..Media::default()
            };
            match kind {
                MediaKind::Image => Content::Image(media),
                MediaKind::Video => Content::Video(media),
                MediaKind::Audio => Content::Audio(media),
                MediaKind::Document => Content::Document(media),
                MediaKind::Sticker => Content::Sticker(media),
            }
        }
        wire::Content::Location {
            latitude,
            longitude,
            name,
            address,
            url,
        } => Content::Location(Location {
            latitude: latitude.map(Into::into),
            longitude: longitude.map(Into::into),
            name: name.clone(),
            address: address.clone(),
            url: url.clone(),
        }),
        wire::Content::Contacts(contacts) => Content::Contacts(contacts.iter().map(contact).collect()),
        wire::Content::Button { text, payload } => Content::Button(Tapped {
            text: text.clone(),
            payload: payload.clone(),
        }),
        wire::Content::Interactive(answer) => Content::Interactive(interactive(answer)),
        wire::Content::Reaction { wamid, emoji } => Content::Reaction(Reaction {
            message_id: wamid.as_str().to_owned(),
            emoji: emoji.clone(),
        }),
        wire::Content::Order { text, items, .. } => Content::Order(Order {
            text: text.clone(),
            lines: items.iter().map(order_line).collect(),
        }),
        wire::Content::System(change) => Content::System(System {
            body: change.body.clone(),
        }),
        wire::Content::Edit { original, content } => Content::Edit(Edit {
            original_message_id: original.as_ref().map(|wamid| wamid.as_str().to_owned()),
            content: Box::new(received(content)),
        }),
        wire::Content::Revoke { original } => Content::Revoke(Revoke {
            original_message_id: original.as_str().to_owned(),
        }),
        wire::Content::Call(call) => Content::Call(Call {
            is_over: call.is_over,
            seconds: call.seconds,
        }),
        wire::Content::Unsupported { kind } => Content::Unsupported { kind: kind.clone() },
        wire::Content::Unknown { kind } => Content::Unknown { kind: kind.clone() },
    }
}

fn interactive(answer: &wire::Interactive) -> Interactive {
    match answer {
        wire::Interactive::ButtonReply { title, .. } => {
            Interactive::ButtonReply(Chosen { title: title.clone() })
        }
        wire::Interactive::ListReply { title, .. } => Interactive::ListReply(Chosen { title: title.clone() }),
        wire::Interactive::NfmReply {
            name,
            body,
            response_json,
        } => Interactive::NfmReply(Form {
            title: body.clone().or_else(|| name.clone()),
            answers: answers(response_json.as_deref().unwrap_or_default()),
        }),
        wire::Interactive::CallPermissionReply { .. }
        | wire::Interactive::Product(_)
        | wire::Interactive::Other { .. } => Interactive::Other,
    }
}

fn order_line(item: &wire::OrderItem) -> OrderLine {
    let product = item.retailer_id.as_deref().and_then(display_name::shown);
    OrderLine {
        product: product.unwrap_or_default(),
        quantity: item.quantity.as_deref().map(short_number),
        price: item.item_price.as_ref().map(|price| match &item.currency {
            Some(currency) => format!("{price} {currency}"),
            None => price.clone(),
        }),
    }
}

/// `2.50` is 2.5, and `2.0` is 2.
fn short_number(number: &str) -> String {
    let short = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.'),
        false => number,
    };
    short.to_owned()
}

/// The answers of a form; JSON that cannot be read as one is shown as it came.
fn answers(json: &str) -> Vec<Answer> {
    let answers = match wire::fields(json) {
        Some(fields) => fields
            .into_iter()
            .map(|field| details::answer(field, ""))
            .collect(),
        None => vec![Answer {
            field: String::new(),
            value: json.to_owned(),
        }],
    };
    let says = |answer: &Answer| !(answer.field.is_empty() && answer.value.trim().is_empty());
    answers.into_iter().filter(says).collect()
}

fn contact(shared: &SharedContact) -> Contact {
    let phones = shared.phones.iter().map(|phone| Phone {
        phone: phone.phone.clone(),
        kind: phone.kind.clone(),
        wa_id: phone.wa_id.as_ref().map(ToString::to_string),
    });
    let emails = shared.emails.iter().map(|email| Email {
        email: email.value.clone(),
        kind: email.kind.clone(),
    });
    let addresses = shared.addresses.iter().map(|address| Address {
        street: address.street.clone(),
        city: address.city.clone(),
        state: address.state.clone(),
        zip: address.zip.clone(),
        country: address.country.clone(),
        country_code: None,
        kind: address.kind.clone(),
    });
    let urls = shared.urls.iter().map(|url| Url {
        url: url.value.clone(),
        kind: url.kind.clone(),
    });
    let more = shared.other.iter().map(|field| Fact {
        what: FactKind::Other(field.place.join(" › ")),
        which: None,
        value: field.value.clone(),
    });
    Contact {
        name: ContactName {
            formatted_name: shared.name.clone(),
            ..ContactName::default()
        },
        phones: phones.collect(),
        emails: emails.collect(),
        org: Some(Organization {
            company: shared.organisation.clone(),
            department: shared.department.clone(),
            title: shared.title.clone(),
        })
        .filter(|org| *org != Organization::default()),
        addresses: addresses.collect(),
        urls: urls.collect(),
        birthday: shared.birthday.clone(),
        vcard: shared.vcard.clone(),
        more: more.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Kind, and the words that a person would read.
    fn read(mut fields: Value) -> (String, Option<String>) {
        fields["id"] = json!("wamid.1");
        fields["from"] = json!("420777123456");
        fields["timestamp"] = json!("1760000000");
        let message = wire::message(&fields.to_string()).expect("a message");
        let content = received(&message.content);
        assert_eq!(content.kind(), message.content.kind());
        assert_eq!(content.about(), message.content.about());
        (content.kind().to_owned(), content.words())
    }

    #[test]
    fn the_words_of_each_kind() {
        let answer = |kind: &str, own: Value| json!({ "type": "interactive", "interactive": { "type": kind, kind: own } });
        let edited = json!({ "type": "text", "text": { "body": "corrected" } });
        let cards = json!([
            { "name": { "formatted_name": "Jana Nová" }, "org": { "company": "ACME" } },
            { "addresses": [{ "city": "Brno" }] },
            { "name": { "first_name": "Petr", "last_name": "Malý" } },
            { "phones": [{ "phone": "+420 777" }] },
        ]);
        let place = json!({ "latitude": 50.08, "longitude": "14.42", "name": "Castle", "address": "Prague" });
        for (fields, kind, words) in [
            (
                json!({ "type": "text", "text": { "body": "Dobrý den 👋" } }),
                "text",
                Some("Dobrý den 👋"),
            ),
            (json!({ "type": "text", "text": { "body": "" } }), "text", None),
            (
                json!({ "type": "image", "image": { "id": "1", "caption": "A cat", "filename": "cat.png" } }),
                "image",
                Some("A cat"),
            ),
            (
                json!({ "type": "document", "document": { "id": "1", "filename": "invoice\u{202e}fdp.exe" } }),
                "document",
                Some("invoicefdp.exe"),
            ),
            (
                json!({ "type": "sticker", "sticker": { "id": "1" } }),
                "sticker",
                None,
            ),
            (
                json!({ "type": "location", "location": place }),
                "location",
                Some("Castle"),
            ),
            (
                json!({ "type": "contacts", "contacts": cards }),
                "contacts",
                Some("Jana Nová, Petr Malý, +420 777"),
            ),
            (
                json!({ "type": "button", "button": { "text": "Yes", "payload": "yes-1" } }),
                "button",
                Some("Yes"),
            ),
            (
                answer("button_reply", json!({ "id": "b", "title": "Sales" })),
                "interactive",
                Some("Sales"),
            ),
            (
                answer("nfm_reply", json!({ "name": "flow", "body": "Sent" })),
                "interactive",
                Some("Sent"),
            ),
            (answer("product", json!({ "id": "1" })), "interactive", None),
            (
                json!({ "type": "reaction", "reaction": { "message_id": "wamid.0", "emoji": "👍" } }),
                "reaction",
                Some("👍"),
            ),
            (
                json!({ "type": "order", "order": { "text": "Two, please", "product_items": [] } }),
                "order",
                Some("Two, please"),
            ),
            (
                json!({ "type": "edit", "edit": { "original_message_id": "wamid.0", "message": edited } }),
                "edit",
                Some("corrected"),
            ),
            (
                json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.0" } }),
                "revoke",
                None,
            ),
            (json!({ "type": "unsupported" }), "unsupported", None),
            (
                json!({ "type": "hologram", "hologram": { "id": "1" } }),
                "hologram",
                None,
            ),
        ] {
            assert_eq!(
                read(fields.clone()),
                (kind.to_owned(), words.map(str::to_owned)),
                "{fields}"
            );
        }
    }
}
