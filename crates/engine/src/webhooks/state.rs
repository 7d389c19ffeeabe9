//! The HTTP clients for webhooks, and which addresses they call.

use crate::web::guard::Guard;
use domain::form::Problem;
use ipnet::IpNet;
use reqwest::Client;
use std::{sync::Arc, time::Duration};
use url::Url;

/// A webhook has this long for its answer.
pub(super) const WITHIN: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(crate) struct Webhooks {
    https: (Guard, Client),
    /// Without TLS, events travel only in networks that the settings allow.
    http: (Guard, Client),
}

impl Webhooks {
    /// # Errors
    /// The process has no TLS.
    pub(crate) fn new(allowed: Arc<[IpNet]>) -> reqwest::Result<Self> {
        Ok(Self {
            https: with_client(Guard::public_and(allowed.clone()))?,
            http: with_client(Guard::only(allowed))?,
        })
    }

    /// The address that a user has typed.
    ///
    /// # Errors
    /// It is none, or leads to where this process does not call. A name is looked up only when it is called.
    pub(super) fn address(&self, text: &str) -> Result<Url, Problem> {
        let url = Url::parse(text).map_err(|_| Problem::Malformed)?;
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        match self.client(&url) {
            Some(_) if is_bare => Ok(url),
            _ => Err(Problem::Malformed),
        }
    }

    /// The client for an address; `None`: it is not called. The settings may have changed since it was typed.
    pub(super) fn client(&self, url: &Url) -> Option<&Client> {
        let (guard, client) = match url.scheme() {
            "https" => &self.https,
            "http" => &self.http,
            _ => return None,
        };
        guard.check(url).is_ok().then_some(client)
    }
}

fn with_client(guard: Guard) -> reqwest::Result<(Guard, Client)> {
    let client = guard.clone().client(WITHIN).build()?;
    Ok((guard, client))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_networks_that_are_allowed() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let webhooks = Webhooks::new(["10.0.0.0/8".parse::<IpNet>().unwrap()].into()).unwrap();
        for good in [
            "https://crm.example/hooks?tenant=1",
            "https://crm.example:8443/",
            "https://8.8.8.8/",
            "https://10.0.0.5/",
            "http://10.0.0.5:8080/",
            // Its addresses are checked when it is called.
            "http://pbx.local/",
        ] {
            assert!(webhooks.address(good).is_ok(), "{good}");
        }
        for hostile in [
            "",
            "crm.example",
            "http://8.8.8.8/",
            "https://127.0.0.1/",
            "https://192.168.0.1/",
            "https://user@crm.example/",
            "https://crm.example/#x",
            "file:///etc/passwd",
        ] {
            assert!(webhooks.address(hostile).is_err(), "{hostile}");
        }
    }
}
