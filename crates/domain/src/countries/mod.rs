//! Allowed countries: who may come in by which door, judged by where an address is. Pure; where an address is, is
//! looked up by the engine in the database that the administrator supplies.

mod country;
mod names;
#[cfg(test)]
mod tests;

pub use country::{Country, plain};

use crate::{
    refusal::{Problem, Problems, Refusal},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::IpAddr, str::FromStr};

/// What is guarded, each by its own rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Pages, what they call, and the files they are made of.
    Console,
    /// `/api`.
    Api,
    /// Links to files, which customers and Meta's servers fetch.
    Files,
    /// Meta's calls. Their signature guards them; a rule here can only lose messages.
    Webhooks,
}

impl Door {
    pub const ALL: [Self; 4] = [Self::Console, Self::Api, Self::Files, Self::Webhooks];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Api => "api",
            Self::Files => "files",
            Self::Webhooks => "webhooks",
        }
    }
}

impl FromStr for Door {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut doors = Self::ALL.into_iter();
        doors.find(|door| door.as_str() == text).ok_or(Problem::Unknown)
    }
}

/// Where an address is, as far as anybody can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum Whereabouts {
    /// This machine, or the company's own network: no country.
    Private,
    In {
        country: Country,
    },
    /// Public, and not in the database.
    Unknown,
    /// There is no database to look into.
    NoDatabase,
}

/// Whether an address is of this machine or of a network that the internet does not reach.
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
    /// With `only`: also addresses that the database does not know.
    pub unknown: bool,
}

impl Rule {
    pub fn admits(&self, from: Whereabouts) -> bool {
        let Some(only) = &self.only else { return true };
        match from {
            Whereabouts::Private => true,
            Whereabouts::In { country } => only.contains(&country),
            Whereabouts::Unknown => self.unknown,
            // Nobody can be told apart: shutting everybody out would shut out those who could mend it.
            Whereabouts::NoDatabase => true,
        }
    }
}

/// A rule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRule {
    pub door: Door,
    pub rule: Rule,
    /// Rises with every save.
    pub version: i64,
}

/// What the form of a door shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub door: Door,
    pub rule: Rule,
    pub version: i64,
    /// Those in the country database, to choose from; none: there is no database.
    pub known: BTreeSet<Country>,
}

/// What is typed to change the rule of a door.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountriesForm {
    pub door: String,
    /// `everybody` or `listed`.
    pub who: String,
    pub countries: Vec<String>,
    /// Beside those in the list.
    pub european_union: bool,
    pub unknown: bool,
    /// Webhooks: that messages may be lost has been read.
    pub understood: bool,
}

impl CountriesForm {
    pub const EVERYBODY: &'static str = "everybody";
    pub const LISTED: &'static str = "listed";

    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<(Door, Rule), Refusal> {
        let mut problems = Problems::default();
        let door = problems.take("door", self.door.parse());
        let mut only = None;
        match self.who.as_str() {
            Self::EVERYBODY => {}
            Self::LISTED => {
                let countries: Result<BTreeSet<Country>, _> =
                    self.countries.iter().map(|code| code.parse()).collect();
                if let Some(mut countries) = problems.take("countries", countries) {
                    if self.european_union {
                        countries.extend(Country::european_union());
                    }
                    if countries.is_empty() {
                        problems.add("countries", Problem::Required);
                    }
                    only = Some(countries);
                }
                if door == Some(Door::Webhooks) && !self.understood {
                    problems.add("understood", Problem::Required);
                }
            }
            "" => problems.add("who", Problem::Required),
            _ => problems.add("who", Problem::Unknown),
        }
        match door {
            Some(door) if problems.is_empty() => {
                let unknown = self.unknown && only.is_some();
                Ok((door, Rule { only, unknown }))
            }
            _ => Err(problems.refuse()),
        }
    }
}

/// Servers of WhatsApp that a rule shuts out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShutOut {
    /// Where they are; to be allowed.
    pub countries: BTreeSet<Country>,
    /// Some are not in the database.
    pub unknown: bool,
}

/// A door on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorView {
    pub door: Door,
    /// How many countries may come in; `None`: everybody.
    pub countries: Option<u32>,
    pub shut_out: Option<ShutOut>,
}

/// The country database in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseView {
    /// As the file says: `GeoLite2-Country`.
    pub kind: String,
    pub built_at: Timestamp,
    /// Nodes of the search tree: how fine it is.
    pub nodes: u32,
    pub countries: BTreeSet<Country>,
}

/// What the page shows beside the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// In the order of [`Door::ALL`].
    pub doors: Vec<DoorView>,
    pub database: Option<DatabaseView>,
    /// There is a file, or a setting names one, and it cannot be used.
    pub broken: Option<Unfit>,
    /// The file that a setting names; such a one is not uploaded.
    pub named_file: Option<String>,
    /// Who asks, and from where.
    pub you: Option<(IpAddr, Whereabouts)>,
}

impl Overview {
    /// A rule is set, and there is nothing to judge by: every door is open.
    pub fn is_blind(&self) -> bool {
        self.database.is_none() && self.doors.iter().any(|door| door.countries.is_some())
    }
}

/// Why a file is not taken as the country database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unfit {
    /// No file was chosen.
    Missing,
    TooLarge,
    /// An archive: the `.mmdb` is inside.
    Packed,
    /// Not in MaxMind's format, or damaged.
    Unreadable,
    /// In the format, but of something else, such as of providers.
    NoCountries,
}

impl Unfit {
    pub const ALL: [Self; 5] = [
        Self::Missing,
        Self::TooLarge,
        Self::Packed,
        Self::Unreadable,
        Self::NoCountries,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLarge => "too_large",
            Self::Packed => "packed",
            Self::Unreadable => "unreadable",
            Self::NoCountries => "no_countries",
        }
    }
}

impl FromStr for Unfit {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let mut all = Self::ALL.into_iter();
        all.find(|unfit| unfit.as_str() == text).ok_or(Problem::Unknown)
    }
}
