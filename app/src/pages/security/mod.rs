//! Security › …

pub mod countries;
mod country_choice;
mod country_database;
mod country_rule;

pub use countries::CountriesPage;
