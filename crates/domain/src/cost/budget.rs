//! The month's budget of the company. A warning is shown when it is nearly spent; if the administrator wants, no
//! template is sent once it is spent. Answers are never stopped: a customer waits for them.

use crate::{
    cost::{Currency, Money, Sum, micros},
    form::{Invalid, Problem, Problems},
};
use serde::{Deserialize, Serialize};

/// What may be spent in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub amount: Money,
    /// The share of the amount from which a warning is shown, 1 to 100.
    pub warn_percent: u8,
    /// Whether templates are refused once the amount is spent.
    pub stop_templates: bool,
}

/// How much of the budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BudgetState {
    Within,
    /// The warning's share is spent.
    Near,
    Spent,
    /// The rates are in another currency than the budget.
    OtherCurrency,
}

impl Budget {
    /// What is known to be spent decides: messages with an unknown price may exceed the budget unseen.
    pub fn state(&self, currency: &Currency, sum: Sum) -> BudgetState {
        let (spent, amount) = (i128::from(sum.micros), i128::from(self.amount.micros));
        if *currency != self.amount.currency {
            BudgetState::OtherCurrency
        } else if spent >= amount {
            BudgetState::Spent
        } else if spent * 100 >= amount * i128::from(self.warn_percent) {
            BudgetState::Near
        } else {
            BudgetState::Within
        }
    }

    /// Whether templates are refused now.
    pub fn stops_templates(&self, currency: &Currency, sum: Sum) -> bool {
        self.stop_templates && self.state(currency, sum) == BudgetState::Spent
    }
}

/// What is typed to set the budget. Without an amount there is no budget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BudgetForm {
    pub amount: String,
    pub currency: String,
    pub warn_percent: String,
    pub stop_templates: bool,
}

impl BudgetForm {
    /// The percentage of a new budget.
    pub const WARN_PERCENT: u8 = 80;

    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    pub fn check(&self) -> Result<Option<Budget>, Invalid> {
        if self.amount.trim().is_empty() {
            return Ok(None);
        }
        let mut problems = Problems::default();
        let amount = micros(&self.amount).and_then(|amount| match amount {
            0 => Err(Problem::NotAnAmount),
            amount => Ok(amount),
        });
        let amount = problems.take("amount", amount);
        let currency = problems.take("currency", self.currency.parse());
        let percent = match self.warn_percent.trim() {
            "" => Ok(Self::WARN_PERCENT),
            text => match text.parse() {
                Ok(percent @ 1..=100) => Ok(percent),
                _ => Err(Problem::NotAPercentage),
            },
        };
        let percent = problems.take("warn_percent", percent);
        match (amount, currency, percent) {
            (Some(micros), Some(currency), Some(warn_percent)) => Ok(Some(Budget {
                amount: Money { micros, currency },
                warn_percent,
                stop_templates: self.stop_templates,
            })),
            _ => Err(problems.refuse()),
        }
    }
}
