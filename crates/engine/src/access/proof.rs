//! A password is checked before the log-in is stored. What ends the user's log-ins between the two has to end this one, too:
//! so whoever checked the password hands on by which one. A log-in at a provider ends with the password, too: where a user
//! has none, something else stands in its place (`passwords::no_password`).

use crate::access::api_tokens::sha256;
use domain::{access::Me, time::Timestamp};
use serde::{Deserialize, Serialize};

/// Somebody who has proved who they are. [`begin`](super::web_sessions::begin) stores their log-in only while `by` stands
/// for their password.
#[derive(Debug, Clone)]
pub struct Proven {
    pub me: Me,
    pub by: String,
    /// `None`: they typed their password.
    pub sign_on: Option<SignOn>,
}

/// A log-in at the provider of single sign-on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignOn {
    pub provider: String,
    /// When they proved to the provider who they are; `None`: it does not say.
    pub authenticated_at: Option<Timestamp>,
    pub checked_second_factor: bool,
}

impl Proven {
    pub(super) fn new(me: Me, password_hash: &str) -> Self {
        Self::still(me, proof(password_hash))
    }

    pub(super) fn still(me: Me, by: String) -> Self {
        Self {
            me,
            by,
            sign_on: None,
        }
    }

    pub(super) fn by_provider(self, sign_on: SignOn) -> Self {
        Self {
            sign_on: Some(sign_on),
            ..self
        }
    }
}

/// Why a user's session begins.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    /// [`Proven::by`].
    pub by: String,
    /// It is a log-in, which is noted, and not another id of one.
    pub logs_in: bool,
    /// Where they logged in, if not here.
    pub provider: Option<String>,
}

/// What stands for a password outside the table of users.
pub(super) fn proof(password_hash: &str) -> String {
    sha256(password_hash)
}
