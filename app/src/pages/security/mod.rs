//! Security › …

mod countries;

pub use self::countries::CountriesPage;
