//! The input of a refused form, and Meta's answers, kept for the next view of the page. Without JavaScript a post loads
//! a new page, and the browser forgets the input of the old one.
//!
//! The input stays in this process' memory only, for the same web session and the same form, for a few minutes. Secrets
//! are kept with the rest and never sent back: the page says that they are kept, and an empty field is filled from
//! them.

mod form;
#[cfg(feature = "ssr")]
mod keep;
#[cfg(feature = "ssr")]
mod shelf;

pub use self::form::{Keepable, Unsaved};
#[cfg(feature = "ssr")]
pub use self::{
    keep::{Recalled, follows_a_post, hold, kept, leave, recall, take},
    shelf::hand_over,
};
