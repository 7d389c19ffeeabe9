//! The meaning of the findings for the channel as a whole.

use super::finding::{Check, Finding, Seen, State};
use std::time::Duration;

/// How long after a handshake Meta's answers about subscriptions and callbacks do not count against a channel: Meta
/// stores the address only after the server's answer.
/// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>
pub const SETTLING: Duration = Duration::from_secs(3);

/// Consecutive deliveries with a wrong signature that degrade a channel; a single one may be a stray.
pub const SIGNATURES_WRONG_FROM: i64 = 3;

/// The failed checks that degrade a working channel. Excluded are those that other badges report, those where Meta
/// cannot be reached, and the server's call to its own address, because Meta's calls are the better proof.
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

/// Whether a finding stops every inbound message of the number. [`Seen::NumberUnknown`] does, unless messages have come
/// in under this id: then the id is right, and the token does not see the number.
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
        // FLAGGED, RESTRICTED and RATE_LIMITED limit outbound messages only.
        Seen::NotConnected { status } => {
            !matches!(status.as_str(), "FLAGGED" | "RESTRICTED" | "RATE_LIMITED")
        }
        _ => false,
    }
}

/// The most important finding: one that cuts the channel off, or else the first that is wrong, or else that Meta calls
/// another channel's address.
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
