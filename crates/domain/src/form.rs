//! The checks of form input, the same in the browser and in the process.

use crate::time::{Timestamp, day};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One field of a form and its problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// The field's name as the form and the API spell it.
    pub field: String,
    pub problem: Problem,
    /// The name of the object that already has this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How many characters or parts are allowed, if the value has too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<usize>,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = FieldProblemCode))]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    Required,
    /// Longer than the field allows.
    TooLong,
    /// Fewer characters than the field needs.
    TooShort,
    /// Not `+`, country code, number.
    NotAPhoneNumber,
    /// Digits only are allowed here.
    NotNumeric,
    /// Spaces, line breaks or characters that do not belong here; often more than the value was copied.
    NotAToken,
    /// Another object already has this value.
    Taken,
    /// It does not exist (any more), or it is disabled.
    Unknown,
    NotALogin,
    /// Letters of several scripts, as in a name that only looks like another one.
    MixedScripts,
    /// It looks like another user's.
    LooksTaken,
    /// More than whoever asks may give.
    TooHigh,
    /// Not the current password.
    WrongPassword,
    /// Not a code of the second factor, or one that was used before.
    WrongCode,
    /// One's own password, which is changed where the current one is asked for.
    OwnPassword,
    /// One of the first million that somebody would try.
    Guessable,
    /// A file of a type that does not belong here.
    WrongType,
    /// Not digits with at most six decimals, or not more than nothing where that is needed.
    NotAnAmount,
    /// Not three capital letters (ISO 4217).
    NotACurrency,
    /// Not a whole number from 1 to 100.
    NotAPercentage,
    /// Not a whole number from 1 to 1000.
    NotARate,
    /// Not a day such as `2026-10-01`.
    NotADate,
    /// Not a time between now and a year ahead.
    NotATimeAhead,
    /// JSON that cannot be read, or that has another shape.
    Malformed,
    /// As many as are allowed are there.
    Enough,
    /// What this may is about the whole company, so it is not bound to a channel or a queue.
    NotBound,
}

/// The problem of a word that is not a known value.
pub(crate) fn unknown(_: &str) -> Problem {
    Problem::Unknown
}

/// A form with invalid fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("some fields are not right")]
pub struct Invalid {
    pub fields: Vec<FieldProblem>,
}

impl Invalid {
    /// A single invalid field.
    pub fn field(field: &str, problem: Problem) -> Self {
        let mut problems = Problems::default();
        problems.add(field, problem);
        problems.refuse()
    }

    /// Another object with this name already has the field's value.
    pub fn taken(field: &str, by: &str) -> Self {
        Self {
            fields: vec![FieldProblem {
                field: field.to_owned(),
                problem: Problem::Taken,
                by: Some(by.to_owned()),
                most: None,
            }],
        }
    }
}

/// Collects the problems of one form.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    pub fn add(&mut self, field: &str, problem: Problem) {
        self.0.push(FieldProblem {
            field: field.to_owned(),
            problem,
            by: None,
            most: None,
        });
    }

    /// The value is longer than `most`.
    pub fn add_too_long(&mut self, field: &str, most: usize) {
        self.0.push(FieldProblem {
            field: field.to_owned(),
            problem: Problem::TooLong,
            by: None,
            most: Some(most),
        });
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns a valid value, or records the problem under the field's name.
    pub fn take<T>(&mut self, field: &str, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.add(field, problem)).ok()
    }

    /// The value that a word names; `None` if the field is empty.
    pub fn known<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        let value = optional(text)?.parse().map_err(|_| Problem::Unknown);
        self.take(field, value)
    }

    /// The time of the days from the field `from` to the field `to`, both included: when it begins, and when it is
    /// over. `begins` is when a day begins, counted from 1970-01-01, where the reader is.
    pub fn days(
        &mut self,
        from: &str,
        to: &str,
        begins: impl Fn(i64) -> Timestamp,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let date = |text: &str| match optional(text) {
            None => Ok(None),
            Some(text) => day(text).map(Some).ok_or(Problem::NotADate),
        };
        let from = self.take("from", date(from)).flatten();
        let to = self.take("to", date(to)).flatten();
        (from.map(&begins), to.map(|day| begins(day + 1)))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn refuse(self) -> Invalid {
        Invalid { fields: self.0 }
    }

    /// The value, unless there are problems.
    pub fn unless_any<T>(self, value: T) -> Result<T, Invalid> {
        match self.is_empty() {
            true => Ok(value),
            false => Err(self.refuse()),
        }
    }
}

/// A trimmed line of 1 to `most` characters without control characters. Invisible characters from copying are removed;
/// the joiners of emoji and of Persian are kept, because they change what is visible.
pub fn line(text: &str, most: usize) -> Result<String, Problem> {
    plain(text, most, |_| false)
}

/// The same for a text of several lines.
pub fn lines(text: &str, most: usize) -> Result<String, Problem> {
    plain(&text.replace("\r\n", "\n"), most, |c| matches!(c, '\n' | '\t'))
}

fn plain(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<String, Problem> {
    let joins = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}');
    let text: String = trimmed(text)
        .chars()
        .filter(|c| c.is_control() || joins(*c) || !is_invisible(*c))
        .collect();
    if text.is_empty() {
        Err(Problem::Required)
    } else if text.chars().count() > most {
        Err(Problem::TooLong)
    } else if text.chars().any(|c| c.is_control() && !allowed(c)) {
        Err(Problem::NotAToken)
    } else {
        Ok(text)
    }
}

/// An optional field: an empty one is missing.
pub fn owned(text: &str) -> Option<String> {
    optional(text).map(str::to_owned)
}

/// A trimmed optional field: an empty one is `None`.
pub fn optional(text: &str) -> Option<&str> {
    Some(trimmed(text)).filter(|t| !t.is_empty())
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// An invisible character: line breaks and other controls, direction marks, joiners, byte-order marks. Pasted text has
/// them around numbers and ids.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Maximum number of characters in a name.
pub const MAX_NAME: usize = 127;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_no_name_and_no_part_of_one() {
        assert_eq!(line("\u{200b}\u{202e} ", 9), Err(Problem::Required));
        assert_eq!(line(" \u{202e}Podpora\u{202c}\n", 9), Ok("Podpora".to_owned()));
        assert_eq!(line("👩\u{200d}💻", 9), Ok("👩\u{200d}💻".to_owned()));
        assert_eq!(line("a\nb", 9), Err(Problem::NotAToken));
        assert_eq!(optional("\u{feff}\n"), None);
    }
}
