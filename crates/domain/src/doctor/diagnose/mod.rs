//! From evidence to findings. One cause gives one finding: checks that depend on a failed check report that instead of
//! failing too. Each file judges one area: the address, the token and its app, the number, Meta's subscriptions, Meta's
//! calls, and the server's own settings.

mod address;
mod number;
mod ours;
mod result;
mod subscriptions;
mod token;
mod traffic;

pub use address::is_local;

use super::{Check, Evidence, Finding, SETTLING, Seen, State};
use result::{Doctor, Result, after, last, unknown};

/// Every check, in the order of [`Check::ALL`].
pub fn diagnose(evidence: &Evidence) -> Vec<Finding> {
    let doctor = Doctor { e: evidence };
    Check::ALL
        .iter()
        .map(|&check| {
            let (state, seen) = doctor.look(check);
            Finding {
                check,
                state,
                seen,
                at: evidence.now,
            }
        })
        .collect()
}

impl Doctor<'_> {
    fn look(&self, check: Check) -> Result {
        match check {
            Check::PublicUrl => self.public_url(),
            Check::Token => self.token(),
            Check::TokenLifetime => self.token_lifetime(),
            Check::Permissions => self.permissions(),
            Check::AppSecret => self.app_secret(),
            Check::Number => self.number(),
            Check::Registration => self.registration(),
            Check::Connection => self.connection(),
            Check::Quality => self.quality(),
            Check::Throughput => self.throughput(),
            Check::Payment => self.payment(),
            Check::WabaSubscription => self.unless_settling(self.waba_subscription()),
            Check::MessagesField => self.unless_settling(self.messages_field()),
            Check::Callback => self.unless_settling(self.callback()),
            Check::Webhook => self.webhook(),
            Check::Signature => self.signature(),
            Check::LastInbound => last(self.e.last_inbound_at),
            Check::LastStatus => last(self.e.last_status_at),
            Check::ClockSkew => self.clock_skew(),
            Check::Destination => self.destination(),
            Check::Countries => self.countries(),
            Check::Files => self.files(),
        }
    }

    fn is_bad(&self, check: Check) -> bool {
        self.look(check).0 == State::Bad
    }

    /// Right after a handshake, Meta may not have stored the address yet.
    fn unless_settling(&self, result: Result) -> Result {
        let settling = self
            .e
            .app_verified_at
            .is_some_and(|at| self.e.now.since(at) < SETTLING);
        let may_change = matches!(
            result.1,
            Seen::WabaNotSubscribed
                | Seen::AppNotSubscribed
                | Seen::MessagesNotSubscribed { .. }
                | Seen::CallbackElsewhere { .. }
        );
        if settling && may_change {
            unknown(Seen::Settling)
        } else {
            result
        }
    }

    /// The result of a question that Meta did not answer.
    fn unanswered(&self, why: &str) -> Result {
        if self.token_works() {
            unknown(Seen::MetaUnreachable { why: why.to_owned() })
        } else {
            after(Check::Token)
        }
    }

    /// The result of a question that was not asked, because only the token tells its app.
    fn not_asked(&self) -> Result {
        if self.token_works() {
            unknown(Seen::Never)
        } else {
            after(Check::Token)
        }
    }
}
