//! Which operators are there for new sessions.
//!
//! | file | what it does |
//! |---|---|
//! | `own` | what an operator, or the PBX for them, chooses |
//! | `pages`, `seen` | which operators have a page of the console open, in this process and in the database |
//! | `list` | how colleagues see them |
//! | `attentive` | whom an open page tells what is new |

mod attentive;
mod list;
mod own;
pub(crate) mod pages;
mod seen;

pub use own::{choose, choose_for, own, set_idle};
pub use seen::OpenPage;

pub(crate) use attentive::attentive;
pub(crate) use list::presences;
pub(crate) use seen::note_seen;
