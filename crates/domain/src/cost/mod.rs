//! What messages cost. Meta charges for each delivered message and never tells an amount: it tells the category, and
//! whether the message is free. A table of rates turns that into money; whatever is not known stays unknown.
//! <https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing>
//!
//! | module | what it holds |
//! |---|---|
//! | `money` | amounts, exact to a millionth |
//! | `month` | months in UTC |
//! | `pricing` | Meta's words for a price |
//! | `place` | the country of a customer's number |
//! | `told` | what all statuses of a message say together |
//! | `rates` | the table of rates, and its JSON |
//! | `sum` | the counted messages of a month, turned into money |
//! | `budget` | the month's budget, and how much of it is spent |
//! | `view` | what pages and scripts see |

mod budget;
#[cfg(feature = "openapi")]
mod described;
mod money;
mod month;
mod place;
mod pricing;
mod rates;
mod sum;
#[cfg(test)]
mod tests;
mod told;
mod view;

pub use budget::{Budget, BudgetForm, BudgetState};
pub use money::{Currency, Money, decimal, micros};
pub use month::Month;
pub use place::{country_of_bsuid, country_of_number};
pub use pricing::{Category, Charge, Pricing};
pub use rates::{Market, RateTable, RatesForm, RatesInput};
pub use sum::{ChannelCosts, Counter, FREE_SERVICE, Line, Sum, costs_of};
pub use told::{Counted, Told, counted};
pub use view::{ChannelMonth, CostSettings, MonthCosts};
