//! The words of a text as searches compare them: letters and digits without accents and case, and each emoji as a word.

use crate::display_name::can_be_seen;
use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Maximum number of characters of a word that are compared.
pub(super) const MAX_WORD: usize = 32;
/// Marks a number that is stored backwards: people know its last digits by heart.
const BACKWARDS: char = '<';

/// A word, and the bytes of the text that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) folded: String,
    pub(super) from: Range<usize>,
}

/// The words of a text. Ignores what comes after `most` folded characters.
pub(super) fn words(text: &str, most: usize) -> Vec<Word> {
    let (mut words, mut word, mut begun) = (Vec::new(), String::new(), 0);
    let mut end = |word: &mut String, from: Range<usize>| {
        if !word.is_empty() {
            let folded = std::mem::take(word).chars().take(MAX_WORD).collect();
            words.push(Word { folded, from });
        }
    };
    let letters = text.char_indices().flat_map(|(at, letter)| {
        let folded = std::iter::once(letter).nfkd();
        let folded = folded.filter(|c| !is_combining_mark(*c) && !is_apostrophe(*c));
        folded
            .flat_map(char::to_lowercase)
            .map(move |c| (at, letter.len_utf8(), c))
    });
    let mut until = 0;
    for (at, len, c) in letters.take(most) {
        if c.is_alphanumeric() {
            if word.is_empty() {
                begun = at;
            }
            match spelled(c) {
                Some(letters) => word.push_str(letters),
                None => word.push(c),
            }
            until = at + len;
        } else {
            end(&mut word, begun..until);
            if is_symbol(c) {
                end(&mut c.to_string(), at..at + len);
            }
        }
    }
    end(&mut word, begun..until);
    words
}

pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn backwards(digits: &str) -> String {
    std::iter::once(BACKWARDS).chain(digits.chars().rev()).collect()
}

/// Letters whose stroke or tail is part of the letter, not an accent.
fn spelled(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return None,
    })
}

/// `O'Brien` is one word.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

/// An emoji, for example, but not punctuation.
fn is_symbol(c: char) -> bool {
    c > '\u{2100}' && can_be_seen(c) && !matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}
