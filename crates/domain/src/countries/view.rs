//! What the pages of the allowed countries show.

use crate::{
    countries::{Country, Door, Rule, Unfit, Whereabouts},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, net::IpAddr};

/// What the form of a door shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub door: Door,
    pub rule: Rule,
    pub version: i64,
    /// The countries in the database, to choose from. Empty if there is no database.
    pub known: BTreeSet<Country>,
}

/// Servers of WhatsApp that a rule shuts out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShutOut {
    /// The countries of these servers, to be allowed.
    pub countries: BTreeSet<Country>,
    /// Some servers are not in the database.
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
    /// The type that the file states, such as `GeoLite2-Country`.
    pub kind: String,
    pub built_at: Timestamp,
    /// Nodes of the search tree: a measure of the database's precision.
    pub nodes: u32,
    pub countries: BTreeSet<Country>,
}

/// What the page shows beside the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// In the order of [`Door::ALL`].
    pub doors: Vec<DoorView>,
    pub database: Option<DatabaseView>,
    /// A file exists or a setting names one, and it cannot be used.
    pub broken: Option<Unfit>,
    /// The file that a setting names; such a file is not uploaded.
    pub named_file: Option<String>,
    /// The address and the country of the user who asks.
    pub you: Option<(IpAddr, Whereabouts)>,
}

impl Overview {
    /// A rule is set, but no database is available: every door is open.
    pub fn is_blind(&self) -> bool {
        self.database.is_none() && self.doors.iter().any(|door| door.countries.is_some())
    }
}
