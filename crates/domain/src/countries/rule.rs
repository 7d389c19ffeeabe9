//! Who may come in by one door, judged by the country of the address.

use crate::countries::{Country, Door};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::IpAddr};

/// Where an address is, as far as the server can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum Whereabouts {
    /// This machine or the company's own network: no country.
    Private,
    In {
        country: Country,
    },
    /// Public, and not in the database.
    Unknown,
    /// No database is available.
    NoDatabase,
}

/// Whether an address belongs to this machine or to a network that the internet does not reach.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            // Providers' own networks: <https://www.rfc-editor.org/rfc/rfc6598>.
            let shared = a == 100 && (64..128).contains(&b);
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified() || shared
        }
        IpAddr::V6(ip) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified()
        }
    }
}

/// Who may come in by one door.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// `None`: everybody.
    pub only: Option<BTreeSet<Country>>,
    /// Used with `only`: also admit addresses that the database does not know.
    pub unknown: bool,
}

impl Rule {
    pub fn admits(&self, from: Whereabouts) -> bool {
        let Some(only) = &self.only else { return true };
        match from {
            Whereabouts::Private => true,
            Whereabouts::In { country } => only.contains(&country),
            Whereabouts::Unknown => self.unknown,
            // Countries cannot be told apart. Refusing everybody would lock out the administrators who could fix it.
            Whereabouts::NoDatabase => true,
        }
    }
}

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRule {
    pub door: Door,
    pub rule: Rule,
    /// Incremented by every save.
    pub version: i64,
}
