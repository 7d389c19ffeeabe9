//! The labels of a channel's fields and of their values, and where to find the values.

use crate::{i18n::*, labels};
use domain::{
    channel::{ReadReceipts, Unconfirmed},
    file::FileWay,
};

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
        "read_receipts" => td_string!(locale, channels.sending.receipts),
        "templates_allowed" => td_string!(locale, channels.sending.templates),
        _ => td_string!(locale, channels.field.destination),
    }
}

/// A field's value as people read it.
pub fn value(locale: Locale, field: &str, text: &str) -> String {
    let known = match field {
        "phone_number" => return labels::phone(text),
        "file_way" => text.parse().ok().map(|way| file_way(locale, way)),
        "unconfirmed" => text.parse().ok().map(|choice| unconfirmed(locale, choice)),
        "read_receipts" => text.parse().ok().map(|receipts| read_receipts(locale, receipts)),
        "templates_allowed" => text.parse().ok().map(|allowed| templates(locale, allowed)),
        _ => None,
    };
    known.unwrap_or(text).to_owned()
}

pub fn file_way(locale: Locale, way: FileWay) -> &'static str {
    match way {
        FileWay::Upload => td_string!(locale, channels.sending.file_upload),
        FileWay::Link => td_string!(locale, channels.sending.file_link),
    }
}

pub fn templates(locale: Locale, allowed: bool) -> &'static str {
    match allowed {
        true => td_string!(locale, channels.sending.templates_on),
        false => td_string!(locale, channels.sending.templates_off),
    }
}

pub fn unconfirmed(locale: Locale, choice: Unconfirmed) -> &'static str {
    match choice {
        Unconfirmed::OnceMore => td_string!(locale, channels.sending.once_more),
        Unconfirmed::Ask => td_string!(locale, channels.sending.ask),
    }
}

pub fn read_receipts(locale: Locale, receipts: ReadReceipts) -> &'static str {
    match receipts {
        ReadReceipts::Automatic => td_string!(locale, channels.sending.receipts_automatic),
        ReadReceipts::ByOperator => td_string!(locale, channels.sending.receipts_by_operator),
        ReadReceipts::Never => td_string!(locale, channels.sending.receipts_never),
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
