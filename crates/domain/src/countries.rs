//! Allowed countries: who may come in by which door, judged by where an address is. Pure; where an address is, is
//! looked up by the engine in the database that the administrator supplies.

mod names;
#[cfg(test)]
mod tests;

use crate::{
    people::Language,
    refusal::{Problem, Problems, Refusal},
    time::Timestamp,
};
use names::{EUROPEAN_UNION, NAMES};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, net::IpAddr, str::FromStr};

/// A country by its two letters (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(u8);

impl Country {
    pub fn code(self) -> &'static str {
        self.row().0
    }

    pub fn name(self, language: Language) -> &'static str {
        let (_, english, czech) = self.row();
        match language {
            Language::En => english,
            Language::Cs => czech,
        }
    }

    /// What a list is sorted by: letters with marks stand where readers of the language look for them.
    pub fn order(self, language: Language) -> String {
        let name = self.name(language).to_lowercase();
        // In Czech some letters come after their plain ones, and "ch" after "h".
        let name = match language {
            Language::Cs => name.replace("ch", "h~"),
            Language::En => name,
        };
        let mut order = String::with_capacity(name.len());
        for letter in name.chars() {
            match (letter, language) {
                ('č', Language::Cs) => order.push_str("c~"),
                ('ř', Language::Cs) => order.push_str("r~"),
                ('š', Language::Cs) => order.push_str("s~"),
                ('ž', Language::Cs) => order.push_str("z~"),
                _ => order.push(plain(letter)),
            }
        }
        order
    }

    pub fn european_union() -> impl Iterator<Item = Self> {
        EUROPEAN_UNION.iter().filter_map(|code| code.parse().ok())
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        NAMES[usize::from(self.0)]
    }
}

/// A letter without its mark, as one finds it in a list or types it in a search.
pub fn plain(letter: char) -> char {
    match letter {
        'á' | 'ã' | 'å' => 'a',
        'ç' | 'č' => 'c',
        'ď' => 'd',
        'é' | 'ě' => 'e',
        'í' => 'i',
        'ň' => 'n',
        'ó' | 'ô' => 'o',
        'ř' => 'r',
        'š' => 's',
        'ť' => 't',
        'ú' | 'ů' | 'ü' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        '’' => '\'',
        other => other,
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = Problem;
    fn from_str(code: &str) -> Result<Self, Problem> {
        let found = NAMES.binary_search_by_key(&code, |(code, ..)| code);
        let place = found.map_err(|_| Problem::Unknown)?;
        u8::try_from(place).map(Self).map_err(|_| Problem::Unknown)
    }
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        code.parse().map_err(|_| format!("{code:?} is no country"))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

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
