//! The order of a channel's checks on the page.

use crate::i18n::*;
use domain::doctor::{Check, Finding, State};

/// Where a check stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Address,
    Token,
    Number,
    Subscriptions,
    Traffic,
    Ours,
}

impl Group {
    pub const ALL: [Self; 6] = [
        Self::Address,
        Self::Token,
        Self::Number,
        Self::Subscriptions,
        Self::Traffic,
        Self::Ours,
    ];

    pub fn of(check: Check) -> Self {
        match check {
            Check::PublicUrl | Check::Webhook => Self::Address,
            Check::Token | Check::TokenLifetime | Check::Permissions | Check::AppSecret => Self::Token,
            Check::Number
            | Check::Registration
            | Check::Connection
            | Check::Quality
            | Check::Throughput
            | Check::Payment => Self::Number,
            Check::WabaSubscription | Check::MessagesField | Check::Callback => Self::Subscriptions,
            Check::Signature | Check::LastInbound | Check::LastStatus => Self::Traffic,
            Check::ClockSkew | Check::Destination | Check::Countries | Check::Files => Self::Ours,
        }
    }

    pub fn title(self, locale: Locale) -> &'static str {
        match self {
            Self::Address => td_string!(locale, channels.group.address),
            Self::Token => td_string!(locale, channels.group.token),
            Self::Number => td_string!(locale, channels.group.number),
            Self::Subscriptions => td_string!(locale, channels.group.subscriptions),
            Self::Traffic => td_string!(locale, channels.group.traffic),
            Self::Ours => td_string!(locale, channels.group.ours),
        }
    }
}

/// Findings by group: bad findings first, and first the groups that have them.
pub fn grouped(findings: &[Finding]) -> Vec<(Group, Vec<Finding>)> {
    let mut groups: Vec<(Group, Vec<Finding>)> = Group::ALL
        .into_iter()
        .map(|group| {
            let mut of_group: Vec<Finding> = findings
                .iter()
                .filter(|finding| Group::of(finding.check) == group)
                .cloned()
                .collect();
            of_group.sort_by_key(|finding| urgency(finding.state));
            (group, of_group)
        })
        .filter(|(_, of_group)| !of_group.is_empty())
        .collect();
    groups.sort_by_key(|(_, of_group)| of_group[0].state != State::Bad);
    groups
}

fn urgency(state: State) -> u8 {
    match state {
        State::Bad => 0,
        State::Notice => 1,
        State::Unknown => 2,
        State::Good => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{doctor::Seen, time::Timestamp};

    fn finding(check: Check, state: State, seen: Seen) -> Finding {
        Finding {
            check,
            state,
            seen,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn what_is_wrong_comes_first_and_brings_its_group_with_it() {
        let fine = || Seen::Fine { what: None };
        let findings = [
            finding(Check::PublicUrl, State::Good, fine()),
            finding(Check::Token, State::Good, fine()),
            finding(Check::Destination, State::Good, fine()),
            finding(Check::WabaSubscription, State::Good, fine()),
            finding(Check::MessagesField, State::Bad, Seen::AppNotSubscribed),
        ];
        let groups = grouped(&findings);
        let names: Vec<Group> = groups.iter().map(|(group, _)| *group).collect();
        assert_eq!(
            names,
            [Group::Subscriptions, Group::Address, Group::Token, Group::Ours]
        );
        let checks: Vec<Check> = groups[0].1.iter().map(|finding| finding.check).collect();
        assert_eq!(checks, [Check::MessagesField, Check::WabaSubscription]);
    }
}
