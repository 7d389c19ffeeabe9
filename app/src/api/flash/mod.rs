//! What was typed into a form that was refused, and what Meta answered, for the next view of the page. Without
//! JavaScript a post ends in a new page, and the browser forgets what stood in the old one.
//!
//! It is kept in this process' memory only, for the same web session and the same form, for a few minutes. Secrets
//! are kept with the rest and never sent back: the page says that they are there, and an empty field takes them.

mod form;
#[cfg(feature = "ssr")]
mod keep;
#[cfg(feature = "ssr")]
mod shelf;

pub use self::form::{Keepable, Unsaved};
#[cfg(feature = "ssr")]
pub use self::keep::{Recalled, hold, kept, leave, recall, take};
