//! Security › …

mod audit;
mod countries;

pub use self::{audit::AuditPage, countries::CountriesPage};
