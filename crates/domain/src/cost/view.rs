//! What pages and scripts see of the costs.

use crate::{
    cost::{Budget, BudgetState, ChannelCosts, Currency, Month, RateTable, Sum},
    refs::ChannelRef,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The costs of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthCosts {
    pub month: Month,
    /// The month of now.
    pub current: Month,
    /// Of all amounts.
    pub currency: Currency,
    /// The day from which the rates are valid.
    pub rates_date: String,
    pub sum: Sum,
    pub channels: Vec<ChannelMonth>,
    /// What was delivered before is not counted.
    pub counted_since: Option<Timestamp>,
    pub budget: Option<(Budget, BudgetState)>,
}

impl MonthCosts {
    /// Whether messages of this month may be missing, because counting began later.
    pub fn is_partial(&self) -> bool {
        self.counted_since
            .is_some_and(|since| Month::of(since) >= self.month)
    }

    /// Whether nothing of this month was counted, because counting began later.
    pub fn is_before_counting(&self) -> bool {
        self.counted_since
            .is_some_and(|since| Month::of(since) > self.month)
    }
}

/// A channel with its costs of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelMonth {
    pub channel: ChannelRef,
    pub costs: ChannelCosts,
}

/// The table of rates and the budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostSettings {
    pub rates: RateTable,
    /// Nobody has replaced the rates that this version knows.
    pub embedded: bool,
    pub budget: Option<Budget>,
    pub version: i64,
}
