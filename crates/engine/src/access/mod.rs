//! Who gets in: users and their passwords, single sign-on, browsers that are logged in or known, and tokens of the API.

pub mod api_tokens;
pub mod browsers;
pub mod log_in;
pub mod password_links;
pub mod proof;
pub mod second_factor;
pub mod setup;
pub mod single_sign_on;
pub mod token_bounds;
pub mod users;
pub mod web_sessions;

pub(crate) mod login_names;
pub(crate) mod login_throttle;
pub(crate) mod passwords;
pub(crate) mod token_addresses;
mod token_text;
