//! Extensions from a table: a CSV whose first line names the columns `number`, `name`, `login`, `password`, `role` and
//! `capacity`.

use crate::{
    access::Role,
    form::{Invalid, Problem, Problems},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Lines that one import takes.
pub const MAX_IMPORTED: usize = 1_000;
/// Characters of them.
pub const MAX_IMPORT: usize = 500_000;
/// The columns. Only the first two must be there.
pub const COLUMNS: [&str; 6] = ["number", "name", "login", "password", "role", "capacity"];

/// What is pasted or read from a file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportForm {
    /// It may hold passwords.
    pub csv: String,
}

impl fmt::Debug for ImportForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportForm").finish_non_exhaustive()
    }
}

impl ImportForm {
    /// # Errors
    /// It is empty or too long. What its lines say is the process's matter.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut problems = Problems::default();
        if self.csv.trim().is_empty() {
            problems.add("csv", Problem::Required);
        } else if self.csv.chars().count() > MAX_IMPORT {
            problems.add_too_long("csv", MAX_IMPORT);
        }
        problems.unless_any(())
    }
}

/// What a line creates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedExtension {
    /// The number of the line.
    pub line: u64,
    pub number: String,
    pub name: String,
    pub login: Option<String>,
    pub role: Option<Role>,
    pub capacity: Option<u32>,
}

/// The name of a field in a line, as problems name it: `csv.3.number`.
pub fn imported_field(line: u64, column: &str) -> String {
    format!("csv.{line}.{column}")
}

/// The line and the column that such a name means.
pub fn imported_place(field: &str) -> Option<(u64, &str)> {
    let (line, column) = field.strip_prefix("csv.")?.split_once('.')?;
    Some((line.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_as_written() {
        assert_eq!(imported_place(&imported_field(3, "number")), Some((3, "number")));
        assert_eq!(imported_place("csv"), None);
        assert_eq!(imported_place("number"), None);
    }

    #[test]
    fn an_empty_table_is_refused_and_none_is_shown() {
        assert!(ImportForm::default().check().is_err());
        let csv = "number,name,password\n201,Jana,tajné heslo!\n".to_owned();
        let form = ImportForm { csv };
        assert!(form.check().is_ok());
        assert!(!format!("{form:?}").contains("tajné"));
    }
}
