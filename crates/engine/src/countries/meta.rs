//! Where WhatsApp's servers are: those that deliver webhooks and fetch files.

use domain::{countries::is_private, time::Timestamp};
use ipnetwork::IpNetwork;
use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The ranges that Meta's network (AS32934) announces. They change: Meta tells how to ask for the current list at
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview>.
const RANGES: [&str; 21] = [
    "31.13.24.0/21",
    "31.13.64.0/18",
    "45.64.40.0/22",
    "66.220.144.0/20",
    "69.63.176.0/20",
    "69.171.224.0/19",
    "74.119.76.0/22",
    "102.132.96.0/20",
    "103.4.96.0/22",
    "129.134.0.0/16",
    "157.240.0.0/16",
    "163.70.128.0/17",
    "173.252.64.0/18",
    "179.60.192.0/22",
    "185.60.216.0/22",
    "185.89.216.0/22",
    "204.15.20.0/22",
    "2620:0:1c00::/40",
    "2803:6080::/32",
    "2a03:2880::/32",
    "2c0f:ef78::/32",
];

/// Addresses that are remembered, and for how long. A restart forgets them: they come again.
const MAX_CALLERS: usize = 16;
const CALLERS_LIVE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(super) fn ranges() -> impl Iterator<Item = IpNetwork> {
    RANGES.iter().filter_map(|range| range.parse().ok())
}

/// The addresses from which signed webhooks came lately, the latest last. In memory, so that a delivery costs no write.
#[derive(Debug, Default)]
pub(super) struct Callers(Mutex<Vec<(IpAddr, Timestamp)>>);

impl Callers {
    /// Remembers an address; a private one is ignored, because it has no country.
    pub(super) fn note(&self, address: IpAddr, now: Timestamp) {
        if is_private(address) {
            return;
        }
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match callers.iter().position(|(known, _)| *known == address) {
            Some(place) => drop(callers.remove(place)),
            None if callers.len() >= MAX_CALLERS => drop(callers.remove(0)),
            None => {}
        }
        callers.push((address, now));
    }

    pub(super) fn lately(&self, now: Timestamp) -> Vec<IpAddr> {
        let callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let late = callers.iter().filter(|(_, at)| now.since(*at) < CALLERS_LIVE);
        late.map(|(address, _)| *address).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_one() {
        assert_eq!(ranges().count(), RANGES.len());
        assert!(
            ranges().all(|range| range.network() == range.ip()),
            "no bits behind the prefix"
        );
    }

    #[test]
    fn the_last_few_callers_are_remembered_for_a_week() {
        let callers = Callers::default();
        let start = Timestamp::from_seconds(0);
        let address = |n: u8| IpAddr::from([203, 0, 113, n]);
        for n in 0..20 {
            callers.note(address(n), start);
        }
        callers.note(address(4), start.plus(Duration::from_secs(1)));
        callers.note("10.0.0.1".parse().unwrap(), start);
        let lately = callers.lately(start.plus(Duration::from_secs(1)));
        assert_eq!(lately.len(), MAX_CALLERS);
        assert!(!lately.contains(&address(3)) && lately.contains(&address(19)));
        assert_eq!(lately.last(), Some(&address(4)), "the latest is the last to go");
        assert_eq!(callers.lately(start.plus(CALLERS_LIVE)), [address(4)]);
    }
}
