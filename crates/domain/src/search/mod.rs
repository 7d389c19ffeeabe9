//! What a search finds. Accents, case and the formatting of a number make no difference.
//!
//! Both sides are folded here, the stored words and the search text, so that the database compares plain text and can
//! use an index.

pub mod contacts;
mod fold;
pub mod texts;
mod view;

pub use view::{Hit, Hits, Piece};
