//! What a provider says of one of its users.

use crate::config::SingleSignOn;
use domain::time::Timestamp;
use openidconnect::{
    AdditionalClaims, EndUserEmail, EndUserName, IdTokenClaims, LocalizedClaim, SubjectIdentifier,
    UserInfoClaims, core::CoreGenderClaim,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A provider's user.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// Names them for good, unlike the e-mail address.
    pub(super) subject: String,
    /// The address, if the provider has verified it.
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    /// `None`: it does not say.
    pub(super) groups: Option<Vec<String>>,
    /// When they proved to the provider who they are.
    pub(super) authenticated_at: Option<Timestamp>,
}

/// The claims that no specification names: groups are among them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

/// Maximum length of a subject: <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
const MAX_SUBJECT: usize = 255;

/// Whether a subject can name a user.
pub(super) fn is_subject(subject: &str) -> bool {
    (1..=MAX_SUBJECT).contains(&subject.len())
        && subject.chars().all(|c| c.is_ascii() && !c.is_ascii_control())
}

/// Claims that a token and the provider's user info have in common.
struct Claims<'a> {
    subject: &'a SubjectIdentifier,
    email: Option<&'a EndUserEmail>,
    email_verified: Option<bool>,
    name: Option<&'a LocalizedClaim<EndUserName>>,
    others: &'a OtherClaims,
}

impl Identity {
    pub(super) fn of_token(
        settings: &SingleSignOn,
        claims: &IdTokenClaims<OtherClaims, CoreGenderClaim>,
    ) -> Self {
        let at = claims.auth_time();
        let said = Claims {
            subject: claims.subject(),
            email: claims.email(),
            email_verified: claims.email_verified(),
            name: claims.name(),
            others: claims.additional_claims(),
        };
        Self {
            authenticated_at: at.map(|at| Timestamp::from_millis(at.timestamp_millis())),
            ..Self::of(settings, said)
        }
    }

    /// Adds what the token leaves out. Many providers keep it short.
    pub(super) fn completed_by(
        self,
        settings: &SingleSignOn,
        claims: &UserInfoClaims<OtherClaims, CoreGenderClaim>,
    ) -> Self {
        let said = Claims {
            subject: claims.subject(),
            email: claims.email(),
            email_verified: claims.email_verified(),
            name: claims.name(),
            others: claims.additional_claims(),
        };
        let more = Self::of(settings, said);
        Self {
            email: self.email.or(more.email),
            name: self.name.or(more.name),
            groups: self.groups.or(more.groups),
            ..self
        }
    }

    fn of(settings: &SingleSignOn, said: Claims<'_>) -> Self {
        let is_verified = settings.trusts_emails || said.email_verified == Some(true);
        let email = said.email.filter(|_| is_verified);
        let name = said.name.and_then(|names| names.get(None));
        Self {
            subject: said.subject.to_string(),
            email: email.map(|email| email.to_string()),
            name: name.map(|name| name.to_string()),
            groups: found(&said.others.all, &settings.groups_claim).map(groups),
            authenticated_at: None,
        }
    }
}

/// A claim by its name, or by the way to it, such as `realm_access.roles`.
fn found<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        found(claims.get(first)?.as_object()?, rest)
    })
}

/// Some providers write a single one without a list, others an object with the groups as names.
fn groups(value: &Value) -> Vec<String> {
    if let Value::Object(groups) = value {
        return groups.keys().cloned().collect();
    }
    let values = match value {
        Value::Array(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    let names = values.iter().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn groups_are_found_by_name_and_by_way() {
        let claims = json!({
            "groups": ["a", 7, "b"],
            "one": "c",
            "named": { "f": {}, "g": { "org": "x" } },
            "realm_access": { "roles": ["d"] },
            "https://acme.example/roles": ["e"],
        });
        let claims = claims.as_object().unwrap();
        let of = |name: &str| found(claims, name).map(groups);
        assert_eq!(of("groups").unwrap(), ["a", "b"]);
        assert_eq!(of("one").unwrap(), ["c"]);
        assert_eq!(of("named").unwrap(), ["f", "g"]);
        assert_eq!(of("realm_access.roles").unwrap(), ["d"]);
        assert_eq!(of("https://acme.example/roles").unwrap(), ["e"]);
        for none in ["", "none", "realm_access.none", "one.more"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
