//! The words of a notification: those that an open page shows (`alerts` in `app/locales/*/common.json`).

use domain::{
    alert::{Alert, Kind},
    language::Language,
};
use serde_json::json;

/// Bytes of what the customer writes. In JSON each may take two, and the whole stays below `encryption::LENGTH`.
const MAX_WORDS: usize = 1000;
const MAX_NAME: usize = 200;

/// The notification as the service worker of the console reads it.
pub(super) fn text(alert: &Alert, language: Language) -> Vec<u8> {
    let words = match (&alert.words, language) {
        (Some(words), _) => shortened(words, MAX_WORDS),
        (None, Language::En) => "A new message".to_owned(),
        (None, Language::Cs) => "Nová zpráva".to_owned(),
    };
    let body = match (alert.kind, language) {
        (Kind::Mine, _) => words,
        (Kind::Waiting, Language::En) => format!("Waiting: {words}"),
        (Kind::Waiting, Language::Cs) => format!("Čeká: {words}"),
        (Kind::Mention, Language::En) => format!("A note for you: {words}"),
        (Kind::Mention, Language::Cs) => format!("Poznámka pro vás: {words}"),
        (Kind::Due, Language::En) => format!("Snoozed until now: {words}"),
        (Kind::Due, Language::Cs) => format!("Odloženo do této chvíle: {words}"),
        (Kind::Closing, Language::En) => format!("The service window closes soon: {words}"),
        (Kind::Closing, Language::Cs) => format!("Servisní okno brzy vyprší: {words}"),
    };
    let notification = json!({
        "title": shortened(&alert.name, MAX_NAME),
        "body": body,
        "tag": alert.session,
        "path": alert.path(),
        "lang": language.as_str(),
    });
    notification.to_string().into_bytes()
}

/// The beginning, up to so many bytes; in JSON, each control character would take six.
fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if short.len() > most {
        short.truncate(short.floor_char_boundary(most));
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::encryption::LENGTH;
    use uuid::Uuid;

    #[test]
    fn whatever_a_customer_writes_fits() {
        for letter in ["\"", "\u{1}", "\\", "ř", "\u{1f600}", "\u{7f}", "\n"] {
            let alert = Alert {
                session: domain::ids::SessionId::new(Uuid::from_u128(u128::MAX)),
                kind: Kind::Waiting,
                name: letter.repeat(10_000),
                words: Some(letter.repeat(10_000)),
            };
            let text = text(&alert, Language::Cs);
            assert!(text.len() <= LENGTH, "{letter}: {}", text.len());
            let read: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert!(read["body"].as_str().unwrap().starts_with("Čeká: "));
        }
    }
}
