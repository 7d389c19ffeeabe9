//! Single sign-on: why a provider's users are not let in, and which role their groups give them.

use super::role::Role;
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

/// The provider's groups whose members have a role here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleGroups {
    pub admin: Vec<String>,
    pub supervisor: Vec<String>,
    pub operator: Vec<String>,
}

impl RoleGroups {
    /// Whether roles are given here and not by groups.
    pub fn is_empty(&self) -> bool {
        self.admin.is_empty() && self.supervisor.is_empty() && self.operator.is_empty()
    }

    /// The highest role that these groups give.
    pub fn role_of(&self, groups: &[String]) -> Option<Role> {
        [
            (Role::Admin, &self.admin),
            (Role::Supervisor, &self.supervisor),
            (Role::Operator, &self.operator),
        ]
        .into_iter()
        .find(|(_, named)| groups.iter().any(|group| named.contains(group)))
        .map(|(role, _)| role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_role_of_the_groups_counts() {
        let named = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let groups = RoleGroups {
            admin: named(&["it"]),
            supervisor: named(&["leads", "night leads"]),
            operator: named(&["desk"]),
        };
        assert_eq!(groups.role_of(&named(&["desk", "it", "x"])), Some(Role::Admin));
        assert_eq!(groups.role_of(&named(&["night leads"])), Some(Role::Supervisor));
        assert_eq!(groups.role_of(&named(&["desk"])), Some(Role::Operator));
        for none in [named(&[]), named(&["IT", "des"])] {
            assert_eq!(groups.role_of(&none), None);
        }
        assert!(RoleGroups::default().is_empty() && !groups.is_empty());
    }
}
