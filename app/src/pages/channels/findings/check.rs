//! The names of the checks.

use crate::i18n::*;
use domain::doctor::Check;

/// The name of a check.
pub fn check(locale: Locale, check: Check) -> &'static str {
    match check {
        Check::PublicUrl => td_string!(locale, channels.check.public_url),
        Check::Token => td_string!(locale, channels.check.token),
        Check::TokenLifetime => td_string!(locale, channels.check.token_lifetime),
        Check::Permissions => td_string!(locale, channels.check.permissions),
        Check::AppSecret => td_string!(locale, channels.check.app_secret),
        Check::Number => td_string!(locale, channels.check.number),
        Check::Registration => td_string!(locale, channels.check.registration),
        Check::Connection => td_string!(locale, channels.check.connection),
        Check::Quality => td_string!(locale, channels.check.quality),
        Check::Payment => td_string!(locale, channels.check.payment),
        Check::Files => td_string!(locale, channels.check.files),
        Check::Throughput => td_string!(locale, channels.check.throughput),
        Check::WabaSubscription => td_string!(locale, channels.check.waba_subscription),
        Check::MessagesField => td_string!(locale, channels.check.messages_field),
        Check::Callback => td_string!(locale, channels.check.callback),
        Check::Webhook => td_string!(locale, channels.check.webhook),
        Check::Signature => td_string!(locale, channels.check.signature),
        Check::LastInbound => td_string!(locale, channels.check.last_inbound),
        Check::LastStatus => td_string!(locale, channels.check.last_status),
        Check::ClockSkew => td_string!(locale, channels.check.clock_skew),
        Check::Destination => td_string!(locale, channels.check.destination),
        Check::Countries => td_string!(locale, channels.check.countries),
    }
}
