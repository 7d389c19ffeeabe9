//! On which line of the file something stands.

use super::thing::Thing;
use crate::cli::readable::fields_of;
use std::path::PathBuf;
use toml::de::DeTable;

/// Of a file in JSON no lines are known.
pub(super) struct Lines {
    pub(super) file: PathBuf,
    pub(super) toml: Option<String>,
}

impl Lines {
    /// What is wrong with the `n`th thing of its table: a line for each field.
    pub(super) fn wrong<T: Thing>(&self, n: usize, thing: &T, error: &anyhow::Error) -> String {
        let (kind, key) = (T::KIND, thing.key());
        let say =
            |field: &str, what: String| format!("{}: {kind} {key:?}: {what}", self.place::<T>(n, field));
        match fields_of(error) {
            [] => say(T::KEY, format!("{error:#}")),
            fields => {
                let said = fields
                    .iter()
                    .map(|wrong| say(&wrong.field, format!("{}: {:?}", wrong.field, wrong.problem)));
                said.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn place<T: Thing>(&self, n: usize, field: &str) -> String {
        let file = self.file.display();
        match self.toml.as_ref().and_then(|text| line(text, T::TABLE, n, field)) {
            Some(line) => format!("{file}:{line}"),
            None => file.to_string(),
        }
    }
}

/// The line of a field, or of its thing if the field is missing.
fn line(text: &str, table: &str, n: usize, field: &str) -> Option<usize> {
    let whole = DeTable::parse(text).ok()?.into_inner();
    let thing = whole.get(table)?.get_ref().get(n)?;
    let span = thing.get_ref().get(field).unwrap_or(thing).span();
    Some(line_at(text, span.start))
}

/// The line of this byte.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    before.matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_line_and_what_is_missing_has_that_of_its_thing() {
        let text = "[[queues]]\nname = \"A\"\n\n[[queues]]\nname = \"B\"\npick_up = \"x\"\n";
        assert_eq!(line(text, "queues", 1, "pick_up"), Some(6));
        assert_eq!(line(text, "queues", 1, "distributes"), Some(4));
        assert_eq!(line(text, "queues", 2, "name"), None);
        assert_eq!(line(text, "tokens", 0, "name"), None);
    }
}
