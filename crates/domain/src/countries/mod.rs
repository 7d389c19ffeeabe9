//! Allowed countries: who may come in by which door, judged by the country of the address. Pure: the engine looks up
//! the address in the database that the administrator supplies.

mod country;
mod door;
mod form;
mod names;
mod rule;
#[cfg(test)]
mod tests;
mod unfit;
mod view;

pub use country::{Country, plain};
pub use door::Door;
pub use form::CountriesForm;
pub use rule::{Rule, StoredRule, Whereabouts, is_private};
pub use unfit::Unfit;
pub use view::{DatabaseView, DoorView, Overview, RuleView, ShutOut};
