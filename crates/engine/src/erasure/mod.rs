//! Deleting what customers wrote: one contact because somebody asks for it, and by rules what has become old. Both end in
//! `session`, which deletes one session with everything in it.

mod contact;
mod rules;
mod session;
mod traces;

pub use self::{contact::erase_contact, rules::due};
pub(crate) use self::{contact::finish_erasures, rules::apply};
