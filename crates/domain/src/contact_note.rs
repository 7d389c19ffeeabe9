//! What a company notes about a customer, for everybody who sees a session of theirs.

use crate::{
    form::{Invalid, Problem, Problems, lines, optional},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The longest note, in characters.
pub const MAX_CONTACT_NOTE: usize = 2000;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContactNote {
    /// Empty: there is none.
    pub text: String,
    /// Rises with each change. Whoever saves names the one that they read.
    pub version: i64,
    /// Who changed it last, and when.
    pub by: Option<String>,
    pub at: Option<Timestamp>,
}

/// Checks a note; an empty one takes it away.
///
/// # Errors
/// It is too long, or has control characters.
pub fn contact_note(text: &str) -> Result<String, Invalid> {
    let mut problems = Problems::default();
    match optional(text).map(|text| lines(text, MAX_CONTACT_NOTE)) {
        None => return Ok(String::new()),
        Some(Ok(text)) => return Ok(text),
        Some(Err(Problem::TooLong)) => problems.add_too_long("text", MAX_CONTACT_NOTE),
        Some(Err(problem)) => problems.add("text", problem),
    }
    Err(problems.refuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_note_is_none_and_a_long_one_is_refused() {
        assert_eq!(contact_note(" \r\n ").as_deref(), Ok(""));
        assert_eq!(
            contact_note("Pays late.\r\nCall first.").as_deref(),
            Ok("Pays late.\nCall first.")
        );
        assert!(contact_note(&"é".repeat(MAX_CONTACT_NOTE)).is_ok());
        for (text, problem) in [
            ("é".repeat(MAX_CONTACT_NOTE + 1), Problem::TooLong),
            ("a\u{0}b".into(), Problem::NotAToken),
        ] {
            assert_eq!(contact_note(&text).unwrap_err().fields[0].problem, problem);
        }
    }
}
