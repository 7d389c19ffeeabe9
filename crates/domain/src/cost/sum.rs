//! The counted messages of a channel and a month, turned into money.

use crate::{
    cost::{Category, Charge, RateTable},
    countries::Country,
};
use serde::{Deserialize, Serialize};

/// Service messages of a number that are free each month.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing>
pub const FREE_SERVICE: u64 = 1000;

/// Delivered messages of a channel and a month that are charged alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    pub country: Option<Country>,
    pub category: Category,
    pub charge: Charge,
    pub messages: u64,
}

/// A counter, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    #[serde(flatten)]
    pub counter: Counter,
    /// The messages that cost something: those that are billable, without the free service messages. `None`: Meta did
    /// not say whether they are billable.
    pub paid: Option<u64>,
    /// Millionths; `None`: unknown.
    pub micros: Option<i64>,
}

/// An amount, and the messages whose price is unknown: it is complete only without them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Millionths.
    pub micros: i64,
    pub unknown: u64,
}

impl Sum {
    pub fn and(self, other: Self) -> Self {
        Self {
            micros: self.micros.saturating_add(other.micros),
            unknown: self.unknown + other.unknown,
        }
    }
}

/// A channel's month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCosts {
    pub lines: Vec<Line>,
    pub sum: Sum,
    /// Service messages that count towards [`FREE_SERVICE`], whether or not Meta has called them billable.
    pub service: u64,
}

/// What a channel's messages of a month cost.
///
/// A status may or may not call the first thousand service messages billable: that is not known. Counting both kinds is
/// right in either case: only what exceeds a thousand, and is called billable, is paid. Which of the messages were the
/// first is not counted, so the free ones are spread evenly over countries.
pub fn costs_of(counters: Vec<Counter>, rates: &RateTable) -> ChannelCosts {
    let service = |charge: Charge| {
        let counters = counters.iter();
        let of_it = counters.filter(|c| c.category == Category::Service && c.charge == charge);
        of_it.map(|counter| counter.messages).sum::<u64>()
    };
    let (billable, free) = (service(Charge::Billable), service(Charge::Free));
    let paid = billable.min((billable + free).saturating_sub(FREE_SERVICE));
    let mut costs = ChannelCosts {
        service: billable + free,
        ..ChannelCosts::default()
    };
    let mut passed = 0;
    for counter in counters {
        let paid = match (counter.charge, counter.category) {
            (Charge::Unknown, _) => None,
            (Charge::Free | Charge::FreeEntryPoint, _) => Some(0),
            (Charge::Billable, Category::Service) => {
                let before = share(passed, paid, billable);
                passed += counter.messages;
                Some(share(passed, paid, billable) - before)
            }
            (Charge::Billable, _) => Some(counter.messages),
        };
        let rate = rates.rate(counter.country, counter.category);
        let micros = match (paid, rate) {
            (None, _) => None,
            (Some(0), _) => Some(0),
            (Some(paid), rate) => {
                rate.map(|rate| rate.saturating_mul(i64::try_from(paid).unwrap_or(i64::MAX)))
            }
        };
        costs.sum = costs.sum.and(Sum {
            micros: micros.unwrap_or(0),
            unknown: match micros {
                Some(_) => 0,
                None => paid.unwrap_or(counter.messages),
            },
        });
        costs.lines.push(Line {
            counter,
            paid,
            micros,
        });
    }
    costs
}

/// The part of `of` that belongs to the first `passed` of `all`: the parts of neighbours add up exactly.
fn share(passed: u64, of: u64, all: u64) -> u64 {
    let part = u128::from(passed) * u128::from(of) / u128::from(all.max(1));
    u64::try_from(part).unwrap_or(of)
}
