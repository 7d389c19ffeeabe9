//! What a search finds. Accents, case and the formatting of a number make no difference.
//!
//! Both sides are folded here, the stored words and the search text, so that the database compares plain text and can
//! use an index.

pub mod contacts;
mod fold;
pub mod texts;
mod view;

pub use view::{Hit, Hits, Piece};

/// The words of a text as searches compare them, each with the byte at which it begins.
pub(crate) fn fold_words(text: &str) -> Vec<(String, usize)> {
    let words = fold::words(text, usize::MAX).into_iter();
    words.map(|word| (word.folded, word.from.start)).collect()
}
