//! Single sign-on: why users of a provider are not let in.

use crate::form::{Problem, unknown};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Why somebody who was sent to the provider is not let in. The address of the log-in page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", parse_err_ty = Problem, parse_err_fn = unknown)]
#[serde(rename_all = "snake_case")]
pub enum SignOnProblem {
    /// They did not log in at the provider, or it does not let them go on.
    Cancelled,
    /// They came back too late, in another browser, or for the second time.
    Expired,
    /// The provider does not answer, or not as OpenID Connect says.
    Unavailable,
    /// Too many log-ins wait for the provider, or failed from their network.
    Busy,
    /// What the provider says of them is not proved.
    Invalid,
    /// The provider did not ask again who they are.
    NotAgain,
    /// The provider names no e-mail address of theirs that it has verified and that can be a log-in name.
    NoEmail,
    /// Nobody has this e-mail address as log-in name.
    UnknownUser,
    Disabled,
    /// None of their groups gives them a role.
    NoRole,
    /// The user with this e-mail address is somebody else at the provider.
    AnotherIdentity,
    /// They are not the user who is logged in.
    AnotherUser,
}

impl SignOnProblem {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
