//! What the findings mean for the channel as a whole.

use super::finding::{Check, Finding, Seen, State};
use std::time::Duration;

/// How long after a handshake Meta's answers about subscriptions and callbacks are not held against a channel: Meta
/// stores the address only after our answer.
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>
pub const SETTLING: Duration = Duration::from_secs(3);

/// Deliveries in a row with a wrong signature that degrade a channel: one may be a stray.
pub const SIGNATURES_WRONG_FROM: i64 = 3;

/// Of what is wrong, what degrades a channel that works: not what the other badges say already, not that Meta could
/// not be reached just now, and not our own attempt to call our address: Meta's calls prove that better.
pub fn degrading(wrong: &[(Check, Seen)]) -> Vec<Check> {
    let says_more = |(check, seen): &&(Check, Seen)| {
        !matches!(seen, Seen::Missing | Seen::MetaUnreachable { .. })
            && !matches!(
                (check, seen),
                (Check::Token | Check::PublicUrl, _) | (Check::Webhook, Seen::Never)
            )
    };
    wrong.iter().filter(says_more).map(|(check, _)| *check).collect()
}

/// What keeps every message of the number from coming in. [`Seen::NumberUnknown`] does unless something has come in under
/// this id: then the id is right, and it is the token that does not see the number.
pub fn cuts_off(seen: &Seen) -> bool {
    match seen {
        Seen::NumberUnknown
        | Seen::WabaNotSubscribed
        | Seen::AppNotSubscribed
        | Seen::MessagesNotSubscribed { .. }
        | Seen::CallbackElsewhere { .. }
        | Seen::AppSecretWrong
        | Seen::NotRegistered
        | Seen::CountriesBlocked { webhooks: true, .. } => true,
        // FLAGGED, RESTRICTED and RATE_LIMITED limit what is sent.
        Seen::NotConnected { status } => {
            !matches!(status.as_str(), "FLAGGED" | "RESTRICTED" | "RATE_LIMITED")
        }
        _ => false,
    }
}

/// The finding that says best what is the matter: what cuts the channel off, or else the first thing that is wrong,
/// or else that Meta calls another channel's address.
pub fn trouble(findings: &[Finding]) -> Option<&Finding> {
    let wrong = |finding: &&Finding| {
        finding.state == State::Bad
            && !matches!(
                finding.seen,
                Seen::Missing | Seen::Never | Seen::MetaUnreachable { .. }
            )
    };
    let mut bad = findings.iter().filter(wrong);
    let first = bad.clone().next();
    bad.find(|finding| cuts_off(&finding.seen)).or(first).or_else(|| {
        findings
            .iter()
            .find(|finding| matches!(finding.seen, Seen::KinCalled { .. }))
    })
}
