//! How messages and notes are found: by prefixes of the words of their text, and by either end of a number in it.

use crate::search::{
    Piece,
    fold::{self, MAX_WORD, Word, backwards, is_number},
};
use std::{collections::BTreeSet, ops::Range};

/// Maximum number of characters of a text that are indexed: the longest text that WhatsApp sends, and more.
const MAX_TEXT: usize = 16_384;
/// Maximum number of words of one text.
const MAX_WORDS: usize = 1000;
const MAX_SOUGHT: usize = 8;
/// Shorter words are found only as a whole: too many others begin with them.
const MIN_BEGINNING: usize = 3;
/// Characters of an excerpt before its first hit, and in all.
const BEFORE: usize = 30;
const EXCERPT: usize = 160;

/// The words under which a text is found. A change to this function that gives the same text other words needs a
/// migration that rebuilds the index.
pub fn words(text: &str) -> BTreeSet<String> {
    let words = fold::words(text, MAX_TEXT);
    let mut all: BTreeSet<String> = BTreeSet::new();
    for run in runs(&words) {
        if all.len() >= MAX_WORDS {
            break;
        }
        all.extend(
            run.number
                .iter()
                .flat_map(|number| [number.clone(), backwards(number)]),
        );
        let words = run.words.iter().take(MAX_WORDS);
        all.extend(words.map(|word| word.folded.clone()));
    }
    all
}

/// What a word must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub word: String,
    /// Words that only begin like this count, too.
    pub prefix: bool,
}

/// What is searched for: for each part, one of its alternatives, of which all terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought(Vec<Vec<Vec<Term>>>);

/// What a text searches for; `None` if it has no word.
pub fn sought(text: &str) -> Option<Sought> {
    let mut words = fold::words(text, MAX_SOUGHT * MAX_WORD * 4);
    words.truncate(MAX_SOUGHT);
    let part = |run: Run<'_>| {
        let each: Vec<_> = run.words.iter().map(|word| term(&word.folded)).collect();
        let Some(number) = run.number else {
            return vec![each];
        };
        let mut all = vec![vec![term(&number)], vec![term(&backwards(&number))]];
        // `00` stands for `+`.
        let called = number.strip_prefix("00").filter(|called| !called.is_empty());
        all.extend(called.map(|called| vec![term(called)]));
        if each.len() > 1 {
            all.push(each);
        }
        all
    };
    let parts: Vec<_> = runs(&words).map(part).collect();
    (!parts.is_empty()).then_some(Sought(parts))
}

fn term(word: &str) -> Term {
    Term {
        word: word.to_owned(),
        prefix: word.chars().count() >= MIN_BEGINNING,
    }
}

impl Sought {
    /// The parts, for the query of a database.
    pub fn parts(&self) -> &[Vec<Vec<Term>>] {
        &self.0
    }

    /// The place of a text around what was searched for, in pieces.
    pub fn excerpt(&self, text: &str) -> Vec<Piece> {
        let words = fold::words(text, MAX_TEXT);
        let hits: Vec<_> = runs(&words).flat_map(|run| self.hits(run)).collect();
        let from = begin(text, hits.first().map_or(0, |hit| hit.start));
        let mut chars = text[from..].char_indices();
        let until = chars.nth(EXCERPT).map_or(text.len(), |(at, _)| from + at);
        let mut pieces = Vec::new();
        let mut add = |text: &str, hit: bool| {
            if !text.is_empty() {
                let text = text.to_owned();
                pieces.push(Piece { text, hit });
            }
        };
        let mut before = if from > 0 { "…" } else { "" }.to_owned();
        let mut at = from;
        for hit in hits {
            if let (Some(gap), Some(word)) = (text.get(at..hit.start), text.get(hit.clone()))
                && hit.end <= until
            {
                add(&(before + gap), false);
                add(word, true);
                before = String::new();
                at = hit.end;
            }
        }
        let after = if until < text.len() { "…" } else { "" };
        add(&(before + &text[at..until] + after), false);
        pieces
    }

    /// The places of a run's words, or of its whole number, that were searched for.
    fn hits(&self, run: Run<'_>) -> Vec<Range<usize>> {
        let terms = || self.0.iter().flatten().flatten();
        let is_sought = |word: &str| terms().any(|term| term.takes(word));
        let whole = run.number.as_ref();
        if whole.is_some_and(|number| is_sought(number) || is_sought(&backwards(number)))
            && let (Some(first), Some(last)) = (run.words.first(), run.words.last())
        {
            return std::iter::once(first.from.start..last.from.end).collect();
        }
        let hits = run.words.iter().filter(|word| is_sought(&word.folded));
        hits.map(|word| word.from.clone()).collect()
    }
}

impl Term {
    fn takes(&self, word: &str) -> bool {
        match self.prefix {
            true => word.starts_with(&self.word),
            false => word == self.word,
        }
    }
}

/// Where an excerpt around this place begins: with a word a little before it.
fn begin(text: &str, place: usize) -> usize {
    let Some((from, _)) = text[..place].char_indices().rev().nth(BEFORE) else {
        return 0;
    };
    let mut gaps = text[from..place]
        .char_indices()
        .filter(|(_, c)| c.is_whitespace());
    gaps.next().map_or(place, |(at, gap)| from + at + gap.len_utf8())
}

/// A word, or adjacent groups of digits: they are one number, however they are grouped.
struct Run<'a> {
    words: &'a [Word],
    number: Option<String>,
}

fn runs(words: &[Word]) -> impl Iterator<Item = Run<'_>> {
    let both_digits = |one: &Word, other: &Word| is_number(&one.folded) && is_number(&other.folded);
    words.chunk_by(both_digits).map(|words| {
        let digits = || {
            words
                .iter()
                .flat_map(|word| word.folded.chars())
                .take(MAX_WORD - 1)
        };
        let is_number = words.first().is_some_and(|word| is_number(&word.folded));
        Run {
            words,
            number: is_number.then(|| digits().collect()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Matches as the databases do.
    fn finds(search: &str, text: &str) -> bool {
        let words = words(text);
        let has = |term: &Term| words.iter().any(|word| term.takes(word));
        let sought = sought(search).expect("something is searched for");
        let parts = sought.parts();
        parts
            .iter()
            .all(|part| part.iter().any(|all| all.iter().all(has)))
    }

    #[test]
    fn a_text_is_found_by_the_beginnings_of_its_words() {
        let text = "Dobrý den, posílám objednávku č. 2024-0017 pro Řehoře. Volejte +420 777 123 456 🌻";
        for search in [
            "objednavk",
            "OBJEDNÁV",
            "reh",
            "Řeh",
            "dobry den",
            "den dobrý",
            "2024-0017",
            "20240017",
            "0017",
            "777123456",
            "777 123",
            "00420777123456",
            "+420 777 123 456",
            "č",
            "🌻",
        ] {
            assert!(finds(search, text), "{search}");
        }
        // Short words are found as a whole only.
        for search in ["bjednávku", "ob", "dobry faktura", "778", "🌼"] {
            assert!(!finds(search, text), "{search}");
        }
        assert_eq!(sought(" ?! "), None);
    }

    fn marked(search: &str, text: &str) -> String {
        let pieces = sought(search).expect("something is searched for").excerpt(text);
        let mark = |piece: Piece| match piece.hit {
            true => format!("[{}]", piece.text),
            false => piece.text,
        };
        pieces.into_iter().map(mark).collect()
    }

    #[test]
    fn an_excerpt_shows_what_was_found() {
        assert_eq!(marked("rehor", "Čau Řehoři!"), "Čau [Řehoři]!");
        assert_eq!(marked("777123", "Tel. 777 123 456."), "Tel. [777 123 456].");
        assert_eq!(marked("o'brien", "for O’Brien"), "for [O’Brien]");
        assert_eq!(marked("nowhere", "Some text"), "Some text");
        let long = format!("{}faktura {}", "slovo ".repeat(40), "konec ".repeat(40));
        let excerpt = marked("faktura", &long);
        assert!(excerpt.starts_with("…slovo slovo"), "{excerpt}");
        assert!(excerpt.contains(" [faktura] konec"), "{excerpt}");
        assert!(
            excerpt.ends_with('…') && excerpt.chars().count() < 170,
            "{excerpt}"
        );
    }

    proptest! {
        #[test]
        fn every_text_is_found_by_its_own_words(text in "\\PC{1,80}") {
            prop_assume!(fold::words(&text, MAX_TEXT).len() <= MAX_SOUGHT);
            if let Some(sought) = sought(&text) {
                prop_assert!(finds(&text, &text), "{sought:?}: {:?}", words(&text));
            }
        }

        #[test]
        fn an_excerpt_is_a_part_of_the_text(text in "(\\PC| |[a-z]{1,6} |[0-9]){0,400}", search in "[a-z]{1,3}( [0-9])?") {
            let whole: String = sought(&search).expect("a word").excerpt(&text).into_iter().map(|piece| piece.text).collect();
            prop_assert!(text.contains(whole.trim_start_matches('…').trim_end_matches('…')) || text.contains('…'));
            prop_assert!(words(&text.repeat(20)).len() <= 2 * MAX_WORDS + 2);
        }
    }
}
