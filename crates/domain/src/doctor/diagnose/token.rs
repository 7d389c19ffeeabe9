//! The access token, and the app secret of its app.

use super::result::{Doctor, Result, after, bad, fine, is_unseen, unknown};
use crate::doctor::{AppSecret, Check, Probe, Seen, State, TokenSeen};
use std::time::Duration;

/// Both are required: the first to send and receive, the second to read numbers and subscriptions.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens>
const PERMISSIONS: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];
/// A token that expires sooner does not suit a server: it is the dashboard's token, which lives for a day.
const SOON: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Meta's code for every problem of a token itself.
const BAD_TOKEN: i64 = 190;

/// Meta's errors that are about the token: it is invalid, malformed, or lacks a permission. Other errors prove nothing:
/// Meta may be busy, or may hide the token from the caller.
/// <https://developers.facebook.com/docs/graph-api/guides/error-handling>
fn judges(code: i64) -> bool {
    matches!(code, BAD_TOKEN | 102 | 104 | 2500 | 3 | 10 | 200..=299)
}

impl Doctor<'_> {
    pub(super) fn token(&self) -> Result {
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
            Probe::Refused {
                code: BAD_TOKEN,
                subcode,
                message,
            } => bad(token_error(BAD_TOKEN, *subcode, message)),
            // The token may not be inspected, but may still work.
            Probe::Refused { .. } => self.by_use().unwrap_or_else(|| self.by_refusals()),
            // A missing answer is not the token's fault.
            Probe::Down { why } => self
                .by_use()
                .unwrap_or_else(|| (State::Notice, Seen::MetaUnreachable { why: why.clone() })),
            Probe::NotAsked => unknown(Seen::Never),
        }
    }

    /// What the answers to the other questions, which were asked with this token, prove about it.
    fn by_use(&self) -> Option<Result> {
        let (number, waba) = (&self.e.number, &self.e.waba);
        let refused = [refusal(number), refusal(waba)].into_iter().flatten();
        if let Some((code, subcode, message)) = refused.into_iter().find(|(code, ..)| *code == BAD_TOKEN) {
            return Some(bad(token_error(code, subcode, message)));
        }
        // Meta checks the token before it looks up the object.
        let was_taken = number.seen().is_some() || is_unseen(number) || waba.seen().is_some();
        was_taken.then(|| fine(None))
    }

    /// Meta reveals neither the token nor anything that the token gives access to.
    fn by_refusals(&self) -> Result {
        let refusals = [
            refusal(&self.e.token),
            refusal(&self.e.number),
            refusal(&self.e.waba),
        ];
        let mut refusals = refusals.into_iter().flatten();
        let says = |(code, _, message): (i64, Option<i64>, &str)| Seen::MetaSays {
            code,
            message: message.to_owned(),
        };
        let first = refusals.clone().next();
        match refusals.find(|(code, ..)| judges(*code)) {
            Some((code, subcode, message)) => bad(token_error(code, subcode, message)),
            None => unknown(first.map_or(Seen::Never, says)),
        }
    }

    pub(super) fn token_lifetime(&self) -> Result {
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

    pub(super) fn permissions(&self) -> Result {
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

    /// The facts about a token that Meta accepts, or the result if there are none.
    fn good_token(&self) -> std::result::Result<&TokenSeen, Result> {
        match &self.e.token {
            Probe::Seen(token) if token.valid => Ok(token),
            Probe::Refused { code, message, .. } if self.token_works() => Err(unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            })),
            Probe::Down { why } if self.token_works() => {
                Err(unknown(Seen::MetaUnreachable { why: why.clone() }))
            }
            _ => Err(after(Check::Token)),
        }
    }

    pub(super) fn token_works(&self) -> bool {
        self.token().0 == State::Good
    }

    pub(super) fn app_secret(&self) -> Result {
        if !self.e.has_app_secret {
            return bad(Seen::Missing);
        }
        match &self.e.app_secret {
            // The app's id is shown, and stored for when the token can no longer tell it.
            Probe::Seen(AppSecret::Right) => fine(self.e.app_id.clone()),
            Probe::Seen(AppSecret::Wrong) => bad(Seen::AppSecretWrong),
            Probe::Refused { code, message, .. } => unknown(Seen::MetaSays {
                code: *code,
                message: message.clone(),
            }),
            Probe::Down { why } => self.unanswered(why),
            Probe::NotAsked => self.not_asked(),
        }
    }
}

fn refusal<T>(probe: &Probe<T>) -> Option<(i64, Option<i64>, &str)> {
    match probe {
        Probe::Refused {
            code,
            subcode,
            message,
        } => Some((*code, *subcode, message)),
        _ => None,
    }
}

/// Meta distinguishes the reasons by a subcode, which newer versions omit, and by the message.
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
