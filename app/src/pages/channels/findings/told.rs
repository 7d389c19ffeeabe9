//! The doctor's findings in words: for each thing that a check can see, what it means, how to mend it, and where. To
//! improve a wording, change `locales/*/channels.json`; for a new situation, add a line to the table here.

use super::check::check;
use crate::i18n::*;
use domain::{
    doctor::{Check, Finding, Place, Seen, State},
    file::FileWay,
    time::Timestamp,
};

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub seen: String,
    /// A third party's words about it, not in the reader's language.
    pub quote: Option<String>,
    /// Shown after what was seen.
    pub at: Option<Timestamp>,
    /// What it means and how to mend it; `None` if nothing is wrong.
    pub advice: Option<Advice>,
    pub mends: Vec<Mend>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    pub means: &'static str,
    pub mend: &'static str,
}

/// What the user can do about a finding here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    Authentication,
    Messaging,
    Sending,
    Subscribe,
    /// The app's address is wrong: nothing else mends it.
    CallbackOfApp,
    /// Something overrides the app's address: only the number's own address wins.
    CallbackOfNumber,
    /// The administrator chooses.
    CallbackOfEither,
    Register,
}

/// The table.
pub fn told(locale: Locale, finding: &Finding) -> Told {
    use Mend::{
        Authentication, CallbackOfApp, CallbackOfEither, CallbackOfNumber, Messaging, Register, Sending,
        Subscribe,
    };

    // A finding that needs action: what was seen, what it means, how to mend it.
    macro_rules! wrong {
        ($key:ident $(, $name:ident = $value:expr)*; $($mend:expr),*) => {
            Told {
                seen: td_string!(locale, channels.finding.$key.seen $(, $name = $value)*).to_string(),
                quote: None,
                at: None,
                advice: Some(Advice {
                    means: td_string!(locale, channels.finding.$key.means),
                    mend: td_string!(locale, channels.finding.$key.mend),
                }),
                mends: vec![$($mend),*],
            }
        };
    }
    // A finding that needs no action.
    macro_rules! plain {
        ($key:ident $(, $name:ident = $value:expr)*) => {
            Told {
                seen: td_string!(locale, channels.finding.$key $(, $name = $value)*).to_string(),
                ..Told::default()
            }
        };
    }
    let at = |told: Told, at: &Timestamp| Told {
        at: Some(*at),
        ..told
    };
    let quoting = |words: &str, told: Told| Told {
        quote: Some(words.to_owned()),
        ..told
    };

    match (finding.check, &finding.seen) {
        (_, Seen::After { check: before }) => plain!(after, check = check(locale, *before)),
        (_, Seen::MetaUnreachable { why }) => quoting(why, wrong!(silent;)),
        (Check::Token, Seen::MetaSays { code, message }) => {
            quoting(message, wrong!(says, code = *code; Authentication))
        }
        (_, Seen::MetaSays { code, message }) => quoting(message, wrong!(says, code = *code;)),

        (Check::PublicUrl, Seen::Fine { what }) => plain!(url_fine, url = shown(what)),
        (Check::Files, Seen::Unreachable { why } | Seen::BadCertificate { why }) => {
            quoting(why, wrong!(link_unreachable; Sending))
        }
        (Check::Files, Seen::NotUs { status }) => wrong!(link_not_us, status = *status; Sending),
        (_, Seen::OnlyLocal { url }) => wrong!(url_local, url = url.as_str();),
        (_, Seen::NotHttps { url }) => wrong!(url_http, url = url.as_str();),
        (_, Seen::Underscore { host }) => wrong!(url_underscore, host = host.as_str();),
        (_, Seen::Unreachable { why }) if finding.state == State::Notice => quoting(why, wrong!(url_inside;)),
        (_, Seen::Unreachable { why }) => quoting(why, wrong!(url_unreachable;)),
        (_, Seen::BadCertificate { why }) => quoting(why, wrong!(url_certificate;)),
        (_, Seen::NotUs { status }) => wrong!(url_not_us, status = *status;),

        (Check::Token, Seen::Fine { .. }) => plain!(token_fine),
        (Check::Token, Seen::Missing) => wrong!(token_missing; Authentication),
        (Check::Token, Seen::Never) => plain!(token_never),
        (_, Seen::TokenExpired) => wrong!(token_expired; Authentication),
        (_, Seen::TokenRevoked) => wrong!(token_revoked; Authentication),
        (_, Seen::TokenMalformed) => wrong!(token_malformed; Authentication),
        (Check::TokenLifetime, Seen::Fine { .. }) => plain!(lifetime_fine),
        (_, Seen::TokenExpires { at: end }) if finding.state == State::Bad => {
            at(wrong!(lifetime_soon; Authentication), end)
        }
        (_, Seen::TokenExpires { at: end }) => at(wrong!(lifetime_later; Authentication), end),
        (Check::Permissions, Seen::Fine { .. }) => plain!(permissions_fine),
        (_, Seen::PermissionsMissing { names }) => {
            wrong!(permissions_missing, names = names.join(", "); Authentication)
        }
        (Check::AppSecret, Seen::Fine { .. }) => plain!(secret_fine),
        (Check::AppSecret, Seen::Missing) => wrong!(secret_missing; Authentication),
        (_, Seen::AppSecretWrong) => wrong!(secret_wrong; Authentication),

        (Check::Number, Seen::Fine { what }) => plain!(number_fine, name = shown(what)),
        (Check::Number, Seen::Missing) => wrong!(number_missing; Messaging),
        (_, Seen::AnotherNumber { number }) => wrong!(number_another, number = number.as_str(); Messaging),
        (_, Seen::AnotherBusiness) => wrong!(number_business; Authentication, Messaging),
        (_, Seen::NumberUnknown) => wrong!(number_unknown; Messaging),
        (Check::Registration, Seen::Fine { .. }) => plain!(registration_fine),
        (_, Seen::NotRegistered) => wrong!(registration_missing; Register),
        (Check::Connection, Seen::Fine { .. }) => plain!(connection_fine),
        (_, Seen::NotConnected { status }) => wrong!(connection_bad, status = status.as_str();),
        (Check::Quality, Seen::Fine { .. }) => plain!(quality_fine),
        (_, Seen::QualityLow { rating }) => wrong!(quality_low, rating = rating.as_str();),
        (Check::Throughput, Seen::Fine { what }) => plain!(throughput_fine, level = shown(what)),

        (Check::Payment, Seen::Fine { .. }) => plain!(payment_fine),
        (_, Seen::PaymentRefused { at: last }) => at(wrong!(payment_refused;), last),

        (Check::WabaSubscription, Seen::Fine { .. }) => plain!(waba_fine),
        (Check::WabaSubscription, Seen::Missing) => wrong!(waba_missing; Messaging),
        (_, Seen::NumberNotInWaba) => wrong!(waba_elsewhere; Messaging),
        (_, Seen::WabaNotSubscribed) => wrong!(waba_not_subscribed; Subscribe),
        (_, Seen::WabaUnknown) => wrong!(waba_unknown; Messaging),
        (Check::MessagesField, Seen::Fine { .. }) => plain!(messages_fine),
        (_, Seen::AppNotSubscribed) => wrong!(messages_app; CallbackOfApp),
        (_, Seen::MessagesNotSubscribed { fields }) => {
            wrong!(messages_field, fields = listed(fields); CallbackOfApp)
        }
        (Check::Callback, Seen::Fine { .. }) => plain!(callback_fine),
        (_, Seen::Settling) => plain!(settling),
        (Check::Callback, Seen::Never) => wrong!(callback_never; CallbackOfEither),
        (_, Seen::CallbackOfKin { channel, url }) => {
            wrong!(callback_kin, channel = named(locale, channel), url = url.as_str(); CallbackOfNumber)
        }
        (_, Seen::CallbackElsewhere { place, url }) => match place {
            Place::App => wrong!(callback_app, url = url.as_str(); CallbackOfEither),
            Place::Waba => wrong!(callback_waba, url = url.as_str(); CallbackOfNumber),
            Place::Number => wrong!(callback_number, url = url.as_str(); CallbackOfNumber),
        },

        (Check::Webhook, Seen::Last { at: last }) => at(plain!(webhook_fine), last),
        (
            _,
            Seen::KinCalled {
                channel,
                delivered_at: Some(last),
            },
        ) => at(plain!(webhook_kin_works, channel = named(locale, channel)), last),
        (_, Seen::KinCalled { channel, .. }) => {
            wrong!(webhook_kin, channel = named(locale, channel); CallbackOfNumber)
        }
        (Check::Webhook, _) if finding.state == State::Bad => wrong!(webhook_never; CallbackOfEither),
        (Check::Webhook, _) => wrong!(webhook_forgotten;),
        (Check::Signature, Seen::Last { at: last }) => at(plain!(signature_fine), last),
        (_, Seen::SignaturesWrong { count, last }) if finding.state == State::Bad => {
            at(wrong!(signature_wrong, count = *count; Authentication), last)
        }
        (_, Seen::SignaturesWrong { count, last }) => at(wrong!(signature_few, count = *count;), last),
        (Check::Signature, _) => plain!(signature_never),
        (Check::LastStatus, Seen::Last { at: last }) => at(plain!(status_fine), last),
        (Check::LastStatus, _) => plain!(status_never),
        (_, Seen::Last { at: last }) => at(plain!(inbound_fine), last),
        (Check::LastInbound, _) => plain!(inbound_never),

        (Check::ClockSkew, Seen::Fine { .. }) => plain!(clock_fine),
        (_, Seen::ClockWrong { seconds }) => wrong!(clock_wrong, minutes = seconds.abs() / 60;),
        (Check::Destination, Seen::Fine { .. }) => plain!(destination_fine),
        (Check::Destination, Seen::Missing) => wrong!(destination_missing; Messaging),
        (_, Seen::DestinationDisabled { fallback: true }) => wrong!(destination_fallback; Messaging),
        (_, Seen::DestinationDisabled { fallback: false }) => wrong!(destination_nobody; Messaging),
        (_, Seen::DestinationEmpty { fallback: false }) => wrong!(destination_empty; Messaging),
        (_, Seen::DestinationEmpty { fallback: true }) => wrong!(fallback_empty; Messaging),
        (Check::Countries, Seen::Fine { .. }) => plain!(countries_fine),
        (_, Seen::CountriesBlocked { webhooks: true, .. }) => wrong!(countries_webhooks;),
        (_, Seen::CountriesBlocked { .. }) => wrong!(countries_files;),

        (Check::Files, Seen::Fine { .. }) => plain!(files_fine),
        (
            _,
            Seen::FilesFailed {
                way: FileWay::Link,
                failed,
                of,
            },
        ) => {
            wrong!(files_by_link, failed = *failed, of = *of; Sending)
        }
        (
            _,
            Seen::FilesFailed {
                way: FileWay::Upload,
                failed,
                of,
            },
        ) => {
            wrong!(files_by_upload, failed = *failed, of = *of; Sending)
        }

        // Meta leaves fields out.
        _ => plain!(not_told),
    }
}

/// A channel's name.
fn named(locale: Locale, name: &str) -> String {
    match name {
        "" => td_string!(locale, channels.unnamed).to_owned(),
        name => name.to_owned(),
    }
}

fn shown(what: &Option<String>) -> String {
    what.clone().unwrap_or_default()
}

fn listed(fields: &[String]) -> String {
    if fields.is_empty() {
        "–".to_owned()
    } else {
        fields.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: Check, state: State, seen: Seen) -> Finding {
        Finding {
            check,
            state,
            seen,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn whatever_is_wrong_says_how_it_is_mended() {
        let why = || "x".to_owned();
        let at = Timestamp::from_millis(0);
        let wrong = [
            (Check::PublicUrl, Seen::NotHttps { url: why() }),
            (Check::PublicUrl, Seen::Underscore { host: why() }),
            (Check::PublicUrl, Seen::Unreachable { why: why() }),
            (Check::PublicUrl, Seen::BadCertificate { why: why() }),
            (Check::PublicUrl, Seen::NotUs { status: 404 }),
            (Check::Token, Seen::Missing),
            (Check::Token, Seen::MetaUnreachable { why: why() }),
            (Check::Token, Seen::TokenMalformed),
            (Check::Token, Seen::TokenExpired),
            (Check::Token, Seen::TokenRevoked),
            (
                Check::Token,
                Seen::MetaSays {
                    code: 1,
                    message: why(),
                },
            ),
            (Check::TokenLifetime, Seen::TokenExpires { at }),
            (
                Check::Permissions,
                Seen::PermissionsMissing { names: vec![why()] },
            ),
            (Check::AppSecret, Seen::Missing),
            (Check::AppSecret, Seen::AppSecretWrong),
            (Check::Number, Seen::Missing),
            (Check::Number, Seen::AnotherBusiness),
            (Check::Number, Seen::NumberUnknown),
            (Check::Number, Seen::AnotherNumber { number: why() }),
            (Check::Registration, Seen::NotRegistered),
            (Check::Connection, Seen::NotConnected { status: why() }),
            (Check::Quality, Seen::QualityLow { rating: why() }),
            (Check::WabaSubscription, Seen::Missing),
            (Check::WabaSubscription, Seen::WabaUnknown),
            (Check::WabaSubscription, Seen::NumberNotInWaba),
            (Check::WabaSubscription, Seen::WabaNotSubscribed),
            (Check::MessagesField, Seen::AppNotSubscribed),
            (
                Check::MessagesField,
                Seen::MessagesNotSubscribed { fields: vec![] },
            ),
            (
                Check::Callback,
                Seen::CallbackElsewhere {
                    place: Place::App,
                    url: why(),
                },
            ),
            (
                Check::Callback,
                Seen::CallbackElsewhere {
                    place: Place::Waba,
                    url: why(),
                },
            ),
            (Check::Webhook, Seen::Never),
            (Check::Signature, Seen::SignaturesWrong { count: 3, last: at }),
            (Check::ClockSkew, Seen::ClockWrong { seconds: 600 }),
            (Check::Destination, Seen::Missing),
            (Check::Payment, Seen::PaymentRefused { at }),
            (Check::Files, Seen::NotUs { status: 302 }),
            (Check::Files, Seen::Unreachable { why: why() }),
            (
                Check::Files,
                Seen::FilesFailed {
                    way: FileWay::Link,
                    failed: 3,
                    of: 4,
                },
            ),
            (Check::Destination, Seen::DestinationDisabled { fallback: false }),
            (Check::Destination, Seen::DestinationEmpty { fallback: false }),
            (Check::Destination, Seen::DestinationEmpty { fallback: true }),
            (
                Check::Callback,
                Seen::CallbackOfKin {
                    channel: why(),
                    url: why(),
                },
            ),
            (
                Check::Webhook,
                Seen::KinCalled {
                    channel: why(),
                    delivered_at: None,
                },
            ),
            (
                Check::Countries,
                Seen::CountriesBlocked {
                    webhooks: true,
                    files: false,
                },
            ),
        ];
        for (check, seen) in wrong {
            for locale in [Locale::en, Locale::cs] {
                let told = told(locale, &finding(check, State::Bad, seen.clone()));
                let advice = told.advice.map(|advice| (advice.means, advice.mend));
                assert!(
                    advice.is_some_and(|(means, mend)| !means.is_empty() && !mend.is_empty()),
                    "{check:?} {seen:?}"
                );
            }
        }
    }

    #[test]
    fn an_override_is_not_mended_at_the_app() {
        let overridden = finding(
            Check::Callback,
            State::Bad,
            Seen::CallbackElsewhere {
                place: Place::Waba,
                url: "https://other.example/".to_owned(),
            },
        );
        assert_eq!(told(Locale::en, &overridden).mends, [Mend::CallbackOfNumber]);
    }
}
