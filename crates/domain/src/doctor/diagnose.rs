//! From evidence to findings. One cause gives one finding: what depends on a failed check says so instead of failing
//! too.

use super::{
    AppSecret, Check, Evidence, Finding, NumberSeen, Place, Probe, Reach, SIGNATURES_WRONG_FROM, Seen, State,
    TokenSeen,
};
use crate::time::Timestamp;
use std::time::Duration;

/// Both are needed: one to send and receive, the other to look at numbers and subscriptions.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens>
const PERMISSIONS: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];
/// A token that ends sooner is wrong for a server: it is the dashboard's, which lives for a day.
const SOON: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// A day with deliveries proves that Meta reaches us, whatever our own attempt says.
const RECENT: Duration = Duration::from_secs(24 * 60 * 60);
/// Seconds. Time-bound proofs are refused beyond it.
const SKEW_MOST: i64 = 5 * 60;
/// Meta's error for an object that does not exist or that the token may not see; it does not tell which.
const UNKNOWN_OBJECT: (i64, Option<i64>) = (100, Some(33));
/// Every trouble with a token has this code.
const BAD_TOKEN: i64 = 190;

type Result = (State, Seen);

/// Every check, in the order of [`Check::ALL`].
pub fn diagnose(evidence: &Evidence) -> Vec<Finding> {
    let doctor = Doctor { e: evidence };
    Check::ALL
        .into_iter()
        .map(|check| {
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

struct Doctor<'e> {
    e: &'e Evidence,
}

fn fine(what: Option<String>) -> Result {
    (State::Good, Seen::Fine { what })
}

fn bad(seen: Seen) -> Result {
    (State::Bad, seen)
}

fn unknown(seen: Seen) -> Result {
    (State::Unknown, seen)
}

fn after(check: Check) -> Result {
    unknown(Seen::After { check })
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
            Check::WabaSubscription => self.waba_subscription(),
            Check::MessagesField => self.messages_field(),
            Check::Callback => self.callback(),
            Check::Webhook => self.webhook(),
            Check::Signature => self.signature(),
            Check::LastInbound => last(self.e.last_inbound_at),
            Check::LastStatus => last(self.e.last_status_at),
            Check::ClockSkew => self.clock_skew(),
            Check::Destination => self.destination(),
            Check::Countries => self.countries(),
        }
    }

    fn is_bad(&self, check: Check) -> bool {
        self.look(check).0 == State::Bad
    }

    fn public_url(&self) -> Result {
        let url = &self.e.public_url;
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let host = host_of(rest);
        if is_local(host) {
            return (State::Notice, Seen::OnlyLocal { url: url.clone() });
        }
        if scheme != "https" {
            return bad(Seen::NotHttps { url: url.clone() });
        }
        if host.contains('_') {
            return bad(Seen::Underscore {
                host: host.to_owned(),
            });
        }
        match &self.e.reach {
            Reach::NotTried | Reach::Ours => fine(Some(url.clone())),
            Reach::NotUs { status } => bad(Seen::NotUs { status: *status }),
            Reach::BadCertificate { why } => bad(Seen::BadCertificate { why: why.clone() }),
            Reach::Unreachable { why } => {
                let last_call = self.e.last_inbound_at.max(self.e.handshake_at);
                let meta_got_through = last_call.is_some_and(|at| self.e.now.since(at) < RECENT);
                let state = if meta_got_through {
                    State::Notice
                } else {
                    State::Bad
                };
                (state, Seen::Unreachable { why: why.clone() })
            }
        }
    }

    fn token(&self) -> Result {
        if !self.e.has_access_token {
            return bad(Seen::Missing);
        }
        match &self.e.token {
            Probe::Seen(TokenSeen {
                valid: true, kind, ..
            }) => fine(kind.clone()),
            Probe::Seen(TokenSeen { error, .. }) => match error {
                Some((code, subcode, message)) => bad(token_error(*code, *subcode, message)),
                None => bad(Seen::TokenRevoked),
            },
            // It may not be inspected, and works all the same.
            Probe::Refused { code, .. } if *code != BAD_TOKEN && self.e.number.seen().is_some() => fine(None),
            Probe::Refused {
                code,
                subcode,
                message,
            } => bad(token_error(*code, *subcode, message)),
            Probe::Down { why } => bad(Seen::MetaUnreachable { why: why.clone() }),
            Probe::NotAsked => unknown(Seen::Never),
        }
    }

    /// What a question without an answer leaves to say.
    fn unanswered(&self, why: &str) -> Result {
        if self.is_bad(Check::Token) {
            after(Check::Token)
        } else {
            unknown(Seen::MetaUnreachable { why: why.to_owned() })
        }
    }

    fn token_lifetime(&self) -> Result {
        let token = match self.good_token() {
            Ok(token) => token,
            Err(before) => return before,
        };
        match token.expires_at {
            None => fine(None),
            Some(at) if at.since(self.e.now) < SOON => bad(Seen::TokenExpires { at }),
            Some(at) => (State::Notice, Seen::TokenExpires { at }),
        }
    }

    fn permissions(&self) -> Result {
        let token = match self.good_token() {
            Ok(token) => token,
            Err(before) => return before,
        };
        let missing = PERMISSIONS
            .iter()
            .filter(|name| !token.scopes.iter().any(|scope| scope == *name));
        let names: Vec<String> = missing.map(|name| (*name).to_owned()).collect();
        if names.is_empty() {
            fine(None)
        } else {
            bad(Seen::PermissionsMissing { names })
        }
    }

    /// What is known of a token that Meta takes, or why nothing is.
    fn good_token(&self) -> std::result::Result<&TokenSeen, Result> {
        match &self.e.token {
            Probe::Seen(token) if token.valid => Ok(token),
            Probe::Refused { code, message, .. } if self.token_works() => Err(unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            })),
            _ => Err(after(Check::Token)),
        }
    }

    fn token_works(&self) -> bool {
        self.token().0 == State::Good
    }

    fn app_secret(&self) -> Result {
        if !self.e.has_app_secret {
            return bad(Seen::Missing);
        }
        match &self.e.app_secret {
            // The id is shown, and remembered for when the token can no longer tell it.
            Probe::Seen(AppSecret::Right) => fine(self.e.app_id.clone()),
            Probe::Seen(AppSecret::Wrong) => bad(Seen::AppSecretWrong),
            Probe::Refused { code, message, .. } => unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => after(Check::Token),
        }
    }

    /// What has to be right before Meta's answer about the number means anything.
    fn before_number(&self) -> Option<Result> {
        if !self.token_works() {
            return Some(after(Check::Token));
        }
        self.is_bad(Check::Permissions).then(|| after(Check::Permissions))
    }

    fn number(&self) -> Result {
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

    /// The token is limited to accounts among which the channel's is not, or sees neither the number nor its account.
    fn is_another_business(&self) -> bool {
        let limited = match (self.e.token.seen(), &self.e.waba_id) {
            (Some(token), Some(waba)) => !token.wabas.is_empty() && !token.wabas.contains(waba),
            _ => false,
        };
        limited || is_unseen(&self.e.number) && is_unseen(&self.e.waba)
    }

    fn known_number(&self) -> Option<&NumberSeen> {
        self.e
            .number
            .seen()
            .filter(|_| self.look(Check::Number).0 == State::Good)
    }

    fn registration(&self) -> Result {
        match self.known_number().map(|number| number.platform.as_deref()) {
            None => after(Check::Number),
            Some(Some("CLOUD_API")) => fine(None),
            Some(None) => unknown(Seen::Never),
            Some(Some(_)) => bad(Seen::NotRegistered),
        }
    }

    fn connection(&self) -> Result {
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

    fn quality(&self) -> Result {
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

    fn throughput(&self) -> Result {
        match self.known_number().map(|number| number.throughput.clone()) {
            None => after(Check::Number),
            Some(None) => unknown(Seen::Never),
            Some(level) => fine(level),
        }
    }

    fn waba_subscription(&self) -> Result {
        if self.e.waba_id.is_none() {
            return unknown(Seen::Missing);
        }
        if let Some(before) = self.before_number() {
            return before;
        }
        match &self.e.waba {
            Probe::Seen(waba) => {
                let ours = self
                    .e
                    .app_id
                    .as_ref()
                    .map_or(!waba.app_ids.is_empty(), |app| waba.app_ids.contains(app));
                if ours {
                    fine(None)
                } else {
                    bad(Seen::WabaNotSubscribed)
                }
            }
            Probe::Refused { .. } if self.is_bad(Check::Number) => after(Check::Number),
            Probe::Refused { code, subcode, .. } if is_unknown(*code, *subcode) => bad(Seen::WabaUnknown),
            Probe::Refused { code, message, .. } => bad(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => after(Check::Token),
        }
    }

    fn messages_field(&self) -> Result {
        if self.look(Check::AppSecret).0 != State::Good {
            return after(Check::AppSecret);
        }
        match &self.e.app {
            Probe::Seen(Some(app)) if !app.active => bad(Seen::AppNotSubscribed),
            Probe::Seen(Some(app)) if app.fields.iter().any(|field| field == "messages") => fine(None),
            Probe::Seen(Some(app)) => bad(Seen::MessagesNotSubscribed {
                fields: app.fields.clone(),
            }),
            Probe::Seen(None) => bad(Seen::AppNotSubscribed),
            Probe::Refused { code, message, .. } => unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => after(Check::Token),
        }
    }

    fn callback(&self) -> Result {
        let number = self.known_number();
        let at =
            |place, url: Option<&String>| url.filter(|url| !url.is_empty()).map(|url| (place, url.clone()));
        let of_app = self
            .e
            .app
            .seen()
            .and_then(Option::as_ref)
            .map(|app| &app.callback_url);
        let effective = at(Place::Number, number.and_then(|n| n.callback_of_number.as_ref()))
            .or_else(|| at(Place::Waba, number.and_then(|n| n.callback_of_waba.as_ref())))
            .or_else(|| at(Place::App, of_app))
            .or_else(|| at(Place::App, number.and_then(|n| n.callback_of_app.as_ref())));
        match effective {
            Some((_, url)) if self.e.webhook_urls.contains(&url) => fine(Some(url)),
            Some((place, url)) => bad(Seen::CallbackElsewhere { place, url }),
            None if self.is_bad(Check::MessagesField) => after(Check::MessagesField),
            None if number.is_none() => after(Check::Number),
            None => unknown(Seen::Never),
        }
    }

    fn webhook(&self) -> Result {
        const EARLIER: [Check; 7] = [
            Check::PublicUrl,
            Check::Token,
            Check::Permissions,
            Check::AppSecret,
            Check::Number,
            Check::MessagesField,
            Check::Callback,
        ];
        match self.e.handshake_at.max(self.e.last_inbound_at) {
            Some(at) => (State::Good, Seen::Last { at }),
            None => match EARLIER.into_iter().find(|check| self.is_bad(*check)) {
                Some(check) => after(check),
                // Meta has taken the address, so it has made the handshake; ours is the memory that lacks it.
                None if self.callback().0 == State::Good => unknown(Seen::Never),
                None => bad(Seen::Never),
            },
        }
    }

    fn signature(&self) -> Result {
        let Some(failed) = self
            .e
            .signature_failed_at
            .filter(|_| self.e.signature_failures > 0)
        else {
            return last(self.e.last_inbound_at);
        };
        if self.is_bad(Check::AppSecret) {
            return after(Check::AppSecret);
        }
        let many = i64::from(self.e.signature_failures) >= SIGNATURES_WRONG_FROM;
        let state = if many { State::Bad } else { State::Notice };
        (
            state,
            Seen::SignaturesWrong {
                count: self.e.signature_failures,
                last: failed,
            },
        )
    }

    fn clock_skew(&self) -> Result {
        match self.e.clock_ahead {
            None => after(Check::Token),
            Some(seconds) if seconds.abs() > SKEW_MOST => bad(Seen::ClockWrong { seconds }),
            Some(_) => fine(None),
        }
    }

    fn destination(&self) -> Result {
        match (
            self.e.has_destination,
            self.e.destination_disabled,
            self.e.has_fallback,
        ) {
            (false, ..) => bad(Seen::Missing),
            (true, false, _) => fine(None),
            (true, true, fallback) => {
                let state = if fallback { State::Notice } else { State::Bad };
                (state, Seen::DestinationDisabled { fallback })
            }
        }
    }

    fn countries(&self) -> Result {
        match (self.e.webhooks_blocked, self.e.files_blocked) {
            (false, false) => fine(None),
            (webhooks, files) => bad(Seen::CountriesBlocked { webhooks, files }),
        }
    }
}

fn is_unknown(code: i64, subcode: Option<i64>) -> bool {
    (code, subcode) == UNKNOWN_OBJECT || code == UNKNOWN_OBJECT.0 && subcode.is_none() || code == 33
}

fn is_unseen<T>(probe: &Probe<T>) -> bool {
    matches!(probe, Probe::Refused { code, subcode, .. } if is_unknown(*code, *subcode))
}

fn last(at: Option<Timestamp>) -> Result {
    match at {
        Some(at) => (State::Good, Seen::Last { at }),
        None => unknown(Seen::Never),
    }
}

/// Meta tells the reasons apart by a subcode that newer versions leave out, and by words.
fn token_error(code: i64, subcode: Option<i64>, message: &str) -> Seen {
    let words = message.to_lowercase();
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    match (code, subcode) {
        (190, Some(463)) => Seen::TokenExpired,
        (190, Some(458 | 460 | 467)) => Seen::TokenRevoked,
        (190, _)
            if says(&[
                "malformed",
                "cannot parse",
                "could not be decrypted",
                "invalid oauth access token data",
            ]) =>
        {
            Seen::TokenMalformed
        }
        (190, _) if says(&["expired"]) => Seen::TokenExpired,
        (190, _)
            if says(&[
                "invalidated",
                "revoked",
                "not authorized",
                "logged out",
                "changed the password",
            ]) =>
        {
            Seen::TokenRevoked
        }
        (190 | 2500 | 104, _)
            if says(&[
                "must be provided",
                "access token is required",
                "invalid oauth access token",
            ]) =>
        {
            Seen::TokenMalformed
        }
        _ => Seen::MetaSays {
            code,
            message: message.to_owned(),
        },
    }
}

fn host_of(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is the machine itself, which nobody else can call.
pub fn is_local(host: &str) -> bool {
    matches!(host, "localhost" | "::1" | "[::1]") || host.ends_with(".localhost") || host.starts_with("127.")
}
