//! The labels of a channel's fields, and where to find their values.

use crate::i18n::*;

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
        _ => td_string!(locale, channels.field.destination),
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
