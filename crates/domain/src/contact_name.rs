//! The company's own name of a customer, which is shown instead of the one that the customer chose.

use crate::{
    display_name,
    form::{Invalid, MAX_NAME, Problem, Problems, line, optional},
};

/// Checks a name; an empty one takes it away.
///
/// # Errors
/// It is too long, has control characters, or nothing of it can be seen.
pub fn contact_name(text: &str) -> Result<Option<String>, Invalid> {
    let Some(text) = optional(text) else {
        return Ok(None);
    };
    let mut problems = Problems::default();
    match line(text, MAX_NAME) {
        Ok(name) => match display_name::shown(&name) {
            Some(name) => return Ok(Some(name)),
            None => problems.add("name", Problem::NotAToken),
        },
        Err(Problem::TooLong) => problems.add_too_long("name", MAX_NAME),
        Err(problem) => problems.add("name", problem),
    }
    Err(problems.refuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        assert_eq!(contact_name(" \r\n\u{202e} "), Ok(None));
        assert_eq!(
            contact_name("  Eva \u{202e} Malá\n").unwrap().as_deref(),
            Some("Eva Malá")
        );
        assert!(contact_name(&"é".repeat(MAX_NAME)).is_ok());
        for (text, problem) in [
            ("é".repeat(MAX_NAME + 1), Problem::TooLong),
            ("a\u{0}b".into(), Problem::NotAToken),
            ("a\nb".into(), Problem::NotAToken),
            ("\u{3164}".into(), Problem::NotAToken),
        ] {
            assert_eq!(contact_name(&text).unwrap_err().fields[0].problem, problem);
        }
    }
}
