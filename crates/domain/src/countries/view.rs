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
    /// Those in the country database, to choose from; none: there is no database.
    pub known: BTreeSet<Country>,
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
