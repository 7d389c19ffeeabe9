//! The audit log of a channel in the reader's language.

use crate::{
    i18n::*,
    labels,
    pages::channels::{editor::field_labels, findings},
};
use domain::{
    channel::{AuditAction, AuditDetail, BadgeChange, Changed, NewValue, Reason, Step, TokenAnswer},
    doctor::{MetaAction, Outcome},
};

/// The name of the action.
pub fn deed(locale: Locale, deed: AuditAction) -> &'static str {
    match deed {
        AuditAction::Added => td_string!(locale, channels.deed.added),
        AuditAction::SavedAuthentication => td_string!(locale, channels.deed.saved_authentication),
        AuditAction::SavedMessaging => td_string!(locale, channels.deed.saved_messaging),
        AuditAction::SavedSending => td_string!(locale, channels.deed.saved_sending),
        AuditAction::RotatedVerifyToken => td_string!(locale, channels.deed.rotated),
        AuditAction::DroppedOldAppSecret => td_string!(locale, channels.deed.dropped),
        AuditAction::Paused => td_string!(locale, channels.deed.paused),
        AuditAction::Resumed => td_string!(locale, channels.deed.resumed),
        AuditAction::Deleted => td_string!(locale, channels.deed.deleted),
        AuditAction::BadgeChanged => td_string!(locale, channels.deed.badge),
        AuditAction::AskedMeta => td_string!(locale, channels.deed.meta),
        AuditAction::TestArrived => td_string!(locale, channels.deed.test_arrived),
    }
}

/// The recorded detail, in one sentence of the reader's language.
pub fn detail(locale: Locale, detail: &AuditDetail) -> String {
    match detail {
        AuditDetail::Name { name } => name.clone(),
        AuditDetail::Fields { changed } if changed.is_empty() => {
            td_string!(locale, channels.history.nothing).to_owned()
        }
        AuditDetail::Fields { changed } => listed(changed, |change| field(locale, change)),
        AuditDetail::Badge(change) => badge(locale, change),
        AuditDetail::Meta { step, meta_action } => meta(locale, *step, meta_action),
        AuditDetail::Text { text } => text.clone(),
    }
}

/// Meta's own words in the detail, to be quoted.
pub fn quotes(detail: &AuditDetail) -> Vec<String> {
    match detail {
        AuditDetail::Badge(change) => change.why.iter().filter_map(quote_of_reason).collect(),
        AuditDetail::Meta { meta_action, .. } => match &meta_action.outcome {
            Outcome::Done(()) => Vec::new(),
            Outcome::Refused {
                code,
                message,
                details,
            } => [Some(format!("({code}) {message}")), details.clone()]
                .into_iter()
                .flatten()
                .collect(),
            Outcome::NoAnswer { why } => vec![why.clone()],
        },
        AuditDetail::Name { .. } | AuditDetail::Fields { .. } | AuditDetail::Text { .. } => Vec::new(),
    }
}

fn quote_of_reason(reason: &Reason) -> Option<String> {
    match reason {
        Reason::TokenRefused { answer: Some(answer) } => match TokenAnswer::read(answer) {
            TokenAnswer::Meta(words) | TokenAnswer::Lacks(words) => Some(words),
            TokenAnswer::Expired | TokenAnswer::Revoked | TokenAnswer::Malformed => None,
        },
        _ => None,
    }
}

fn field(locale: Locale, change: &Changed) -> String {
    let field = field_labels::label(locale, &change.field);
    let value = match &change.now {
        NewValue::Secret => return td_string!(locale, channels.history.replaced, field = field),
        NewValue::Empty => return td_string!(locale, channels.history.emptied, field = field),
        NewValue::Text(text) => field_labels::value(locale, &change.field, text),
        NewValue::Queue(name) => td_string!(locale, channels.history.queue, name = name.clone()),
        NewValue::Extension(name) => td_string!(locale, channels.history.extension, name = name.clone()),
    };
    td_string!(locale, channels.history.field, field = field, value = value)
}

/// `Active → Degraded: Quality, Callback`
fn badge(locale: Locale, change: &BadgeChange) -> String {
    let to = labels::badge(locale, change.to);
    let badges = match change.from == change.to {
        true => to.to_owned(),
        false => format!("{} → {to}", labels::badge(locale, change.from)),
    };
    match change.why.as_slice() {
        [] => badges,
        why => format!("{badges}: {}", listed(why, |why| reason(locale, why))),
    }
}

fn reason(locale: Locale, reason: &Reason) -> String {
    match reason {
        Reason::Missing { field } => {
            td_string!(
                locale,
                channels.reason.missing,
                field = field_labels::label(locale, field)
            )
        }
        Reason::Complete => td_string!(locale, channels.reason.complete).to_owned(),
        Reason::NotCalled => td_string!(locale, channels.reason.not_called).to_owned(),
        Reason::Handshake => td_string!(locale, channels.reason.handshake).to_owned(),
        Reason::Delivery => td_string!(locale, channels.reason.delivery).to_owned(),
        Reason::Check { check } => findings::check(locale, *check).to_owned(),
        Reason::Mended { check } => {
            td_string!(
                locale,
                channels.reason.mended,
                check = findings::check(locale, *check)
            )
        }
        Reason::TokenRefused { answer } => token_refused(locale, answer.as_deref()),
        Reason::TokenAccepted => td_string!(locale, channels.reason.token_accepted).to_owned(),
        Reason::TokenReplaced => td_string!(locale, channels.reason.token_replaced).to_owned(),
        Reason::Paused => td_string!(locale, channels.reason.paused).to_owned(),
        Reason::Resumed => td_string!(locale, channels.reason.resumed).to_owned(),
    }
}

fn token_refused(locale: Locale, answer: Option<&str>) -> String {
    let why = match answer.map(TokenAnswer::read) {
        Some(TokenAnswer::Expired) => td_string!(locale, channels.reason.expired),
        Some(TokenAnswer::Revoked) => td_string!(locale, channels.reason.revoked),
        Some(TokenAnswer::Malformed) => td_string!(locale, channels.reason.malformed),
        Some(TokenAnswer::Lacks(_)) => td_string!(locale, channels.reason.lacks),
        Some(TokenAnswer::Meta(_)) | None => {
            return td_string!(locale, channels.reason.token_refused).to_owned();
        }
    };
    td_string!(locale, channels.reason.token_answer, answer = why)
}

fn meta(locale: Locale, step: Step, meta_action: &MetaAction) -> String {
    let step = match step {
        Step::SubscribeWaba => td_string!(locale, channels.history.subscribe),
        Step::SetCallback => td_string!(locale, channels.history.callback),
        Step::Register => td_string!(locale, channels.history.register),
        Step::FetchNumbers => td_string!(locale, channels.history.numbers),
    };
    let outcome = match &meta_action.outcome {
        Outcome::Done(()) => td_string!(locale, channels.history.done),
        Outcome::Refused { .. } => td_string!(locale, channels.history.refused),
        Outcome::NoAnswer { .. } => td_string!(locale, channels.history.no_answer),
    };
    format!("{step} ({}): {outcome}", meta_action.called)
}

fn listed<T>(items: &[T], word: impl Fn(&T) -> String) -> String {
    items.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{channel::Badge, doctor::Check};

    fn badge_change(from: Badge, to: Badge, why: &[Reason]) -> AuditDetail {
        AuditDetail::Badge(BadgeChange {
            from,
            to,
            why: why.to_vec(),
        })
    }

    #[test]
    fn a_change_of_the_badge_is_told_in_words() {
        let checks = [Check::Quality, Check::Callback].map(|check| Reason::Check { check });
        let degraded = badge_change(Badge::Active, Badge::Degraded, &checks);
        assert_eq!(
            detail(Locale::en, &degraded),
            "Active → Degraded: Quality, Callback"
        );
        let more = badge_change(Badge::Degraded, Badge::Degraded, &checks);
        assert_eq!(detail(Locale::en, &more), "Degraded: Quality, Callback");
    }

    fn refused(answer: &str) -> AuditDetail {
        let answer = Some(answer.to_owned());
        badge_change(
            Badge::Active,
            Badge::TokenRefused,
            &[Reason::TokenRefused { answer }],
        )
    }

    #[test]
    fn metas_words_are_quoted_and_ours_are_in_the_readers_language() {
        let says = refused("(190) Session has expired");
        assert_eq!(
            detail(Locale::cs, &says),
            "Aktivní → Token odmítnut: Meta přístupový token odmítá"
        );
        assert_eq!(quotes(&says), ["(190) Session has expired"]);
        let expired = refused("the token has expired");
        assert_eq!(
            detail(Locale::cs, &expired),
            "Aktivní → Token odmítnut: Meta přístupový token odmítá: token vypršel"
        );
        assert!(quotes(&expired).is_empty());
        let lacks = refused("the token lacks whatsapp_business_messaging");
        assert_eq!(quotes(&lacks), ["whatsapp_business_messaging"]);
        let asked = AuditDetail::Meta {
            step: Step::SubscribeWaba,
            meta_action: MetaAction {
                called: "POST /200/subscribed_apps".into(),
                outcome: Outcome::Refused {
                    code: 100,
                    message: "Invalid parameter".into(),
                    details: Some("Try again".into()),
                },
            },
        };
        assert_eq!(
            detail(Locale::cs, &asked),
            "Přihlášení odběru (POST /200/subscribed_apps): Meta odmítla"
        );
        assert_eq!(quotes(&asked), ["(100) Invalid parameter", "Try again"]);
    }

    #[test]
    fn a_save_is_told_by_names_and_without_secrets() {
        let changed = [
            ("phone_number", NewValue::Text("+420777123456".into())),
            ("destination", NewValue::Queue("Podpora".into())),
            ("fallback", NewValue::Empty),
            ("access_token", NewValue::Secret),
        ];
        let changed = changed.map(|(field, now)| Changed {
            field: field.into(),
            now,
        });
        let saved = AuditDetail::Fields {
            changed: changed.to_vec(),
        };
        assert_eq!(
            detail(Locale::cs, &saved),
            "Telefonní číslo: +420 777 123 456, Destinace pro příchozí zprávy: fronta Podpora, Náhradní destinace: \
             vymazáno, Přístupový token: nová hodnota"
        );
        let nothing = AuditDetail::Fields { changed: Vec::new() };
        assert_eq!(detail(Locale::en, &nothing), "nothing changed");
    }
}
