//! What all statuses of a message say together about its price. Meta tells the price with `sent` and with one of
//! `delivered` and `read`, and charges for what is delivered; statuses come late, twice and in any order. So a message
//! counts by the set of its statuses: once, and the same in whatever order they came.

use crate::{
    cost::{Category, Charge, Month, Pricing},
    countries::Country,
    message::Status,
    time::Timestamp,
};

/// One status, as far as the price is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub status: Status,
    pub at: Timestamp,
    /// The customer's country; `None` if it is not known.
    pub country: Option<Country>,
    pub pricing: Option<Pricing>,
}

/// As what a delivered message is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Counted {
    pub month: Month,
    pub country: Option<Country>,
    pub category: Category,
    pub charge: Charge,
}

/// As what a message with these statuses counts; `None` while it is not delivered.
pub fn counted<'t>(told: impl Iterator<Item = &'t Told> + Clone) -> Option<Counted> {
    let delivered = told.clone().filter(|told| told.status >= Status::Delivered);
    let at = delivered.map(|told| told.at).min()?;
    let surest = |of: &&Told| of.status;
    let pricing = told
        .clone()
        .filter(|told| told.pricing.is_some())
        .max_by_key(surest);
    let pricing = pricing.and_then(|told| told.pricing);
    let country = told.filter(|told| told.country.is_some()).max_by_key(surest);
    Some(Counted {
        month: Month::of(at),
        country: country.and_then(|told| told.country),
        category: pricing.map_or(Category::Unknown, |pricing| pricing.category),
        charge: pricing.map_or(Charge::Unknown, |pricing| pricing.charge),
    })
}
