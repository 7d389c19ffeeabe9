//! Server functions: what the pages may ask of the process. Each opens with the [`guard`], makes one engine call
//! and answers with [`ApiError`] when it cannot. They are a public surface: nothing here trusts the page.

pub mod auth;
pub mod channels;
pub mod countries;
pub mod deliveries;
pub mod error;
pub mod extensions;
pub mod flash;
#[cfg(feature = "ssr")]
pub mod guard;
pub mod inbox;
pub mod meta_actions;
pub mod queues;
pub mod transfers;

pub use error::{ApiError, ApiResult};

use domain::refusal::Refusal;

/// A server function whose input the browser checks by the same rules before it sends it.
pub trait Checked {
    /// # Errors
    /// [`Refusal::Invalid`] with every field that is wrong.
    fn check(&self) -> Result<(), Refusal>;
}
