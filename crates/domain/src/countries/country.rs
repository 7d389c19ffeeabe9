//! A country: its code, its names, and its position in a sorted list in either language.

use super::names::{EUROPEAN_UNION, NAMES};
use crate::{form::Problem, language::Language};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A country by its two letters (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = "^[A-Z]{2}$", example = "CZ")
)]
#[serde(try_from = "String", into = "String")]
pub struct Country(u8);

impl Country {
    pub fn code(self) -> &'static str {
        self.row().0
    }

    pub fn name(self, language: Language) -> &'static str {
        let (_, english, czech) = self.row();
        match language {
            Language::En => english,
            Language::Cs => czech,
        }
    }

    /// The sort key: letters with diacritics are placed where readers of the language expect them.
    pub fn order(self, language: Language) -> String {
        let name = self.name(language).to_lowercase();
        // In Czech some letters sort after their plain forms, and "ch" sorts after "h".
        let name = match language {
            Language::Cs => name.replace("ch", "h~"),
            Language::En => name,
        };
        let mut order = String::with_capacity(name.len());
        for letter in name.chars() {
            match (letter, language) {
                ('č', Language::Cs) => order.push_str("c~"),
                ('ř', Language::Cs) => order.push_str("r~"),
                ('š', Language::Cs) => order.push_str("s~"),
                ('ž', Language::Cs) => order.push_str("z~"),
                _ => order.push(plain(letter)),
            }
        }
        order
    }

    pub fn european_union() -> impl Iterator<Item = Self> {
        EUROPEAN_UNION.iter().filter_map(|code| code.parse().ok())
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        NAMES[usize::from(self.0)]
    }
}

/// A letter without its diacritic, for sorting and for search.
pub fn plain(letter: char) -> char {
    match letter {
        'á' | 'ã' | 'å' => 'a',
        'ç' | 'č' => 'c',
        'ď' => 'd',
        'é' | 'ě' => 'e',
        'í' => 'i',
        'ň' => 'n',
        'ó' | 'ô' => 'o',
        'ř' => 'r',
        'š' => 's',
        'ť' => 't',
        'ú' | 'ů' | 'ü' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        '’' => '\'',
        other => other,
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = Problem;
    fn from_str(code: &str) -> Result<Self, Problem> {
        let found = NAMES.binary_search_by_key(&code, |(code, ..)| code);
        let place = found.map_err(|_| Problem::Unknown)?;
        u8::try_from(place).map(Self).map_err(|_| Problem::Unknown)
    }
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        code.parse().map_err(|_| format!("{code:?} is no country"))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}
