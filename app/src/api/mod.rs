//! Server functions: what the pages may ask of the process. Each opens with the [`guard`], makes one engine call
//! and answers with [`ApiError`] when it cannot. They are a public surface: nothing here trusts the page.

pub mod auth;
pub mod channels;
mod checked;
pub mod countries;
pub mod deliveries;
pub mod error;
pub mod extensions;
pub mod flash;
#[cfg(feature = "ssr")]
pub mod guard;
pub mod inbox;
pub mod meta_actions;
#[cfg(feature = "ssr")]
pub mod plain_form;
pub mod queues;
pub mod transfers;

pub use self::{
    checked::Checked,
    error::{ApiError, ApiResult},
};
