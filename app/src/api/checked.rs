//! Forms that are checked on both sides.

use domain::refusal::Refusal;

/// A server function whose input the browser checks by the same rules before it sends it.
pub trait Checked {
    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    fn check(&self) -> Result<(), Refusal>;
}
