//! Which role the groups of a provider of single sign-on give.

use super::role::Role;

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
