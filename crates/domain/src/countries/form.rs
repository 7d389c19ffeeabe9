//! The form of a door.

use crate::{
    countries::{Country, Door, Rule},
    form::{Invalid, Problem, Problems},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is typed to change a door's rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountriesForm {
    pub door: String,
    /// `everybody` or `listed`.
    pub who: String,
    pub countries: Vec<String>,
    /// In addition to the listed countries.
    pub european_union: bool,
    pub unknown: bool,
    /// Webhooks only: the administrator has confirmed the warning that messages may be lost.
    pub understood: bool,
}

impl CountriesForm {
    pub const EVERYBODY: &'static str = "everybody";
    pub const LISTED: &'static str = "listed";

    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<(Door, Rule), Invalid> {
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
