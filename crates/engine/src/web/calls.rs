//! The client that all calls begin with.

use crate::web::names::Names;
use reqwest::{Client, ClientBuilder, redirect};
use std::{sync::Arc, time::Duration};

/// A client that follows no redirect: whoever answers must not choose who is called.
pub(crate) fn client(limit: Duration) -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(limit)
        .dns_resolver(Arc::new(Names::system()))
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
}
