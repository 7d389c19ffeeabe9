//! The words of the doctor, for the list and for the editor.

mod told;

pub use self::told::{Advice, Group, Mend, Told, check, grouped, told};
