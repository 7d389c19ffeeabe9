//! The doctor's findings, for the list and for the editor.

mod check;
mod group;
mod told;

pub use self::{
    check::check,
    group::{Group, grouped},
    told::{Advice, Mend, Told, told},
};
