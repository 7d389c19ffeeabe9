//! The access token, and the app secret of its app.

use super::{Doctor, Result, after, bad, fine, unknown};
use crate::doctor::{AppSecret, Check, Probe, Seen, State, TokenSeen};
use std::time::Duration;

/// Both are needed: one to send and receive, the other to look at numbers and subscriptions.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens>
const PERMISSIONS: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];
/// A token that ends sooner is wrong for a server: it is the dashboard's, which lives for a day.
const SOON: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// Every trouble with a token has this code.
const BAD_TOKEN: i64 = 190;

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

    pub(super) fn token_works(&self) -> bool {
        self.token().0 == State::Good
    }

    pub(super) fn app_secret(&self) -> Result {
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
