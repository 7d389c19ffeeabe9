//! The client that all calls begin with.

use reqwest::{Client, ClientBuilder, redirect};
use std::time::Duration;

/// A client that follows no redirect: whoever answers must not choose who is called.
pub(crate) fn client(limit: Duration) -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(limit)
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
}
