//! The phone number.

use super::result::{Doctor, Result, after, bad, fine, is_unknown, is_unseen, unknown};
use crate::doctor::{Check, NumberSeen, Probe, Seen, State};

impl Doctor<'_> {
    /// The checks that must succeed before Meta's answer about the number means anything.
    pub(super) fn before_number(&self) -> Option<Result> {
        if !self.token_works() {
            return Some(after(Check::Token));
        }
        self.is_bad(Check::Permissions).then(|| after(Check::Permissions))
    }

    pub(super) fn number(&self) -> Result {
        if self.e.phone_number_id.is_none() {
            return bad(Seen::Missing);
        }
        if let Some(before) = self.before_number() {
            return before;
        }
        match &self.e.number {
            Probe::Seen(seen) => {
                let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
                let ours = self.e.phone_number.as_deref().map(digits);
                match (&seen.display, ours) {
                    (Some(display), Some(ours)) if digits(display) != ours => bad(Seen::AnotherNumber {
                        number: display.clone(),
                    }),
                    _ => fine(seen.verified_name.clone().or_else(|| seen.display.clone())),
                }
            }
            Probe::Refused {
                code,
                subcode,
                message,
            } => {
                if self.is_another_business() {
                    bad(Seen::AnotherBusiness)
                } else if is_unknown(*code, *subcode) {
                    bad(Seen::NumberUnknown)
                } else {
                    bad(Seen::MetaSays {
                        code: *code,
                        message: message.clone(),
                    })
                }
            }
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => after(Check::Token),
        }
    }

    /// The token is limited to accounts that do not include the channel's, or it sees neither the number nor its
    /// account.
    fn is_another_business(&self) -> bool {
        let limited = match (self.e.token.seen(), &self.e.waba_id) {
            (Some(token), Some(waba)) => !token.wabas.is_empty() && !token.wabas.contains(waba),
            _ => false,
        };
        limited || is_unseen(&self.e.number) && is_unseen(&self.e.waba)
    }

    pub(super) fn known_number(&self) -> Option<&NumberSeen> {
        self.e
            .number
            .seen()
            .filter(|_| self.look(Check::Number).0 == State::Good)
    }

    pub(super) fn registration(&self) -> Result {
        match self.known_number().map(|number| number.platform.as_deref()) {
            None => after(Check::Number),
            Some(Some("CLOUD_API")) => fine(None),
            Some(None) => unknown(Seen::Never),
            Some(Some(_)) => bad(Seen::NotRegistered),
        }
    }

    pub(super) fn connection(&self) -> Result {
        if self.is_bad(Check::Registration) {
            return after(Check::Registration);
        }
        match self.known_number().map(|number| number.status.as_deref()) {
            None => after(Check::Number),
            Some(Some("CONNECTED")) => fine(None),
            Some(None) => unknown(Seen::Never),
            Some(Some(status)) => bad(Seen::NotConnected {
                status: status.to_owned(),
            }),
        }
    }

    pub(super) fn quality(&self) -> Result {
        match self.known_number().map(|number| number.quality.as_deref()) {
            None => after(Check::Number),
            Some(Some("GREEN")) => fine(None),
            Some(Some(rating @ "RED")) => bad(Seen::QualityLow {
                rating: rating.to_owned(),
            }),
            Some(Some(rating @ "YELLOW")) => (
                State::Notice,
                Seen::QualityLow {
                    rating: rating.to_owned(),
                },
            ),
            Some(_) => unknown(Seen::Never),
        }
    }

    pub(super) fn payment(&self) -> Result {
        match self.e.payment_refused_at {
            Some(at) => bad(Seen::PaymentRefused { at }),
            None => fine(None),
        }
    }

    pub(super) fn throughput(&self) -> Result {
        match self.known_number().map(|number| number.throughput.clone()) {
            None => after(Check::Number),
            Some(None) => unknown(Seen::Never),
            Some(level) => fine(level),
        }
    }
}
