//! A password is checked before the log-in is stored. What ends the user's log-ins between the two has to end this one, too:
//! so whoever checked the password hands on by which one.

use crate::access::api_tokens::sha256;
use domain::access::Me;
use serde::{Deserialize, Serialize};

/// Somebody who has proved who they are. [`begin`](super::web_sessions::begin) stores their log-in only while `by` stands
/// for their password.
#[derive(Debug, Clone)]
pub struct Proven {
    pub me: Me,
    pub by: String,
}

impl Proven {
    pub(super) fn new(me: Me, password_hash: &str) -> Self {
        Self {
            me,
            by: proof(password_hash),
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
}

/// What stands for a password outside the table of users.
pub(super) fn proof(password_hash: &str) -> String {
    sha256(password_hash)
}
