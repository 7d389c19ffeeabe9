//! Server functions: the calls that pages make to the process. Each starts with the [`guard`], makes one engine call
//! and returns [`ApiError`] when it fails. They are a public interface: nothing here trusts the page.

pub mod account;
pub mod audit;
pub mod auth;
pub mod canned_replies;
pub mod channels;
mod checked;
pub mod contacts;
pub mod costs;
pub mod countries;
pub mod deliveries;
pub mod error;
pub mod extensions;
pub mod flash;
#[cfg(feature = "ssr")]
pub mod guard;
pub mod inbox;
mod json;
pub mod labels;
pub mod meta_actions;
pub mod passkeys;
pub mod plain_form;
pub mod presence;
pub mod push;
pub mod qr;
pub mod queues;
mod rpc;
pub mod second_factor;
pub mod session_log;
pub mod templates;
pub mod tokens;
pub mod transfers;
pub mod users;
#[cfg(feature = "ssr")]
pub mod visitor;
pub mod webhooks;

pub use self::{
    checked::Checked,
    error::{ApiError, ApiResult},
    rpc::{ActionForm, AnyAction, Callable, Reauthentication, Resource, ServerAction, Value, form_text},
};
