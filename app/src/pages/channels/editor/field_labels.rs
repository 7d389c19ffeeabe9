//! The labels of a channel's fields and of their values, and where to find the values.

use crate::{i18n::*, labels};
use domain::{channel::Unconfirmed, file::FileWay};

/// A field's label.
pub fn label(locale: Locale, field: &str) -> &'static str {
    match field {
        "name" => td_string!(locale, channels.field.name),
        "webhook_url" => td_string!(locale, channels.field.webhook_url),
        "verify_token" => td_string!(locale, channels.field.verify_token),
        "access_token" => td_string!(locale, channels.field.access_token),
        "app_secret" => td_string!(locale, channels.field.app_secret),
        "next_app_secret" => td_string!(locale, channels.field.next_app_secret),
        "phone_number" => td_string!(locale, channels.field.phone_number),
        "phone_number_id" => td_string!(locale, channels.field.phone_number_id),
        "waba_id" => td_string!(locale, channels.field.waba_id),
        "fallback" => td_string!(locale, channels.field.fallback),
        "messages_per_second" => td_string!(locale, channels.sending.messages_per_second),
        "file_way" => td_string!(locale, channels.sending.file_way),
        "unconfirmed" => td_string!(locale, channels.sending.unconfirmed),
        _ => td_string!(locale, channels.field.destination),
    }
}

/// A field's value as people read it.
pub fn value(locale: Locale, field: &str, text: &str) -> String {
    match (field, text.parse(), text.parse()) {
        ("phone_number", ..) => labels::phone(text),
        ("file_way", Ok(way), _) => file_way(locale, way).to_owned(),
        ("unconfirmed", _, Ok(choice)) => unconfirmed(locale, choice).to_owned(),
        _ => text.to_owned(),
    }
}

pub fn file_way(locale: Locale, way: FileWay) -> &'static str {
    match way {
        FileWay::Upload => td_string!(locale, channels.sending.file_upload),
        FileWay::Link => td_string!(locale, channels.sending.file_link),
    }
}

pub fn unconfirmed(locale: Locale, choice: Unconfirmed) -> &'static str {
    match choice {
        Unconfirmed::OnceMore => td_string!(locale, channels.sending.once_more),
        Unconfirmed::Ask => td_string!(locale, channels.sending.ask),
    }
}

/// Where to find a field's value.
pub fn about(locale: Locale, field: &str) -> &'static str {
    match field {
        "name" => td_string!(locale, channels.guide.name),
        "webhook_url" => td_string!(locale, channels.guide.webhook_url),
        "verify_token" => td_string!(locale, channels.guide.verify_token),
        "access_token" => td_string!(locale, channels.guide.access_token),
        "app_secret" => td_string!(locale, channels.guide.app_secret),
        "next_app_secret" => td_string!(locale, channels.guide.next_app_secret),
        "phone_number" => td_string!(locale, channels.guide.phone_number),
        "phone_number_id" => td_string!(locale, channels.guide.phone_number_id),
        "waba_id" => td_string!(locale, channels.guide.waba_id),
        "fallback" => td_string!(locale, channels.guide.fallback),
        _ => td_string!(locale, channels.guide.destination),
    }
}
