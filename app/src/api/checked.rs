//! Forms that are checked on both sides.

use domain::form::Invalid;

/// A server function whose input the browser checks by the same rules before it sends it.
pub trait Checked {
    /// # Errors
    /// [`Invalid`] with every field that is wrong.
    fn check(&self) -> Result<(), Invalid>;
}
