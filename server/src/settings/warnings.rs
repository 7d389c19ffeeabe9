//! Settings that are allowed and most likely not meant: each is said by `switchboard config check` and at the start.

use super::Settings;
use ipnet::IpNet;
use secrecy::ExposeSecret as _;
use std::{net::IpAddr, time::Duration};
use url::{Host, Url};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A network with more addresses than this is nobody's own: `10.0.0.0/8` is.
const WIDEST: (u8, u8) = (8, 16);

/// `key: what it means`.
pub fn warnings(settings: &Settings) -> Vec<String> {
    let Settings {
        http,
        database,
        meta,
        security,
        push,
        webhooks,
        single_sign_on,
        ..
    } = settings;
    let mut all = Vec::new();
    let mut warn = |key: &str, meaning: &str| all.push(format!("{key}: {meaning}"));

    let public_url = http.public_url.as_ref();
    if public_url.is_some_and(|url| url.scheme() == "http" && !is_here(url)) {
        let meaning = "without https, passwords and messages cross the network in the clear, and Meta delivers no webhooks";
        warn("http.public_url", meaning);
    }
    if public_url.is_none() && !http.listen.ip().is_loopback() {
        let meaning = "is empty although other machines reach this one: addresses of webhooks and links lead to this machine";
        warn("http.public_url", meaning);
    }
    let is_wide = |network: &IpNet| match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST.0,
        IpNet::V6(network) => network.prefix_len() < WIDEST.1,
    };
    if http.trusted_proxies.iter().any(|proxy| is_wide(&proxy.0)) {
        let meaning =
            "trusts so many addresses that clients can choose the address that limits and country rules see";
        warn("http.trusted_proxies", meaning);
    }
    for (key, time) in [
        ("http.head_seconds", http.head_seconds),
        ("http.write_seconds", http.write_seconds),
        ("http.request_seconds", http.request_seconds),
        ("http.webhook_seconds", http.webhook_seconds),
        ("http.stream_check_seconds", http.stream_check_seconds),
    ] {
        if time > Duration::from_secs(10 * 60) {
            warn(
                key,
                "is more than ten minutes: slow clients hold their places for so long",
            );
        }
    }
    if meta.graph_url.scheme() == "http" && !is_here(&meta.graph_url) {
        warn("meta.graph_url", "access tokens cross the network in the clear");
    }
    if let Some(url) = database
        .url
        .as_ref()
        .and_then(|url| Url::parse(url.expose_secret()).ok())
    {
        // Of several, the last one holds.
        let mode = url
            .query_pairs()
            .filter(|(name, _)| name == "sslmode" || name == "ssl-mode")
            .last();
        let meaning = match mode.as_ref().map(|(_, mode)| &**mode) {
            Some("verify-ca" | "verify-full") => None,
            Some("require") => {
                Some("takes any certificate, so another server can pretend to be it: use sslmode=verify-full")
            }
            _ => Some("may go without TLS: add ?sslmode=verify-full"),
        };
        if let Some(meaning) = meaning.filter(|_| url.scheme() != "sqlite" && !is_here(&url)) {
            warn("database.url", meaning);
        }
    }
    let issuer = Url::parse(&single_sign_on.issuer).ok();
    if issuer.is_some_and(|url| url.scheme() == "http" && !is_here(&url)) {
        let meaning = "without https, whoever is between can log in as anybody";
        warn("single_sign_on.issuer", meaning);
    }
    if security.session_idle_hours > 7 * DAY {
        let meaning = "is more than a week: a browser that was left behind stays logged in";
        warn("security.session_idle_hours", meaning);
    }
    if security.session_days > 90 * DAY {
        let meaning = "is more than 90 days: a browser that was left behind stays logged in";
        warn("security.session_days", meaning);
    }
    if push.services == super::PushServices::Any {
        let meaning =
            "\"any\" lets users' browsers name addresses in your own network, which this process then calls";
        warn("push.services", meaning);
    }
    if webhooks.networks.iter().any(|network| is_wide(&network.0)) {
        let meaning = "lets administrators of the console call so many addresses in your own network";
        warn("webhooks.networks", meaning);
    }
    all
}

/// Whether an address leads to this machine, where nobody listens in.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let address = name.parse::<IpAddr>();
            name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // A socket in a folder.
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Network;

    /// The keys of which something is said after this change.
    fn said(change: impl FnOnce(&mut Settings)) -> Vec<String> {
        let mut settings = Settings::defaults();
        change(&mut settings);
        let keys = warnings(&settings).into_iter();
        keys.map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    fn network(text: &str) -> Vec<Network> {
        vec![Network::try_from(text.to_owned()).expect("a network")]
    }

    #[test]
    fn nothing_is_said_of_the_defaults_nor_of_what_is_usual() {
        assert_eq!(said(|_| ()), [""; 0]);
        let usual = said(|all| {
            all.http.public_url = Some(url("https://pbx.example.com"));
            all.http.trusted_proxies = network("10.0.0.0/8");
            all.database.url = Some("postgres://a:b@db.example.com/c?sslmode=verify-full".into());
        });
        assert_eq!(usual, [""; 0]);
        let here = said(|all| {
            all.http.public_url = Some(url("http://localhost:3000"));
            all.meta.graph_url = url("http://127.0.0.1:4000");
            all.database.url = Some("postgres://a:b@[::1]:5432/c".into());
        });
        assert_eq!(here, [""; 0]);
    }

    #[test]
    fn what_is_most_likely_not_meant_is_said() {
        let one = |key: &str, change: fn(&mut Settings)| assert_eq!(said(change), [key]);
        one("http.public_url", |all| {
            all.http.public_url = Some(url("http://pbx.example.com"))
        });
        one("http.public_url", |all| {
            all.http.listen = "0.0.0.0:3000".parse().expect("an address")
        });
        one("http.trusted_proxies", |all| {
            all.http.trusted_proxies = network("0.0.0.0/0")
        });
        one("http.trusted_proxies", |all| {
            all.http.trusted_proxies = network("::/0")
        });
        one("http.request_seconds", |all| all.http.request_seconds = DAY);
        one("meta.graph_url", |all| {
            all.meta.graph_url = url("http://graph.example.com")
        });
        one("database.url", |all| {
            all.database.url = Some("postgres://a:b@db.example.com/c?sslmode=prefer".into());
        });
        one("database.url", |all| {
            all.database.url = Some("postgres://a:b@db.example.com/c?sslmode=require".into());
        });
        one("database.url", |all| {
            let twice = "postgres://a:b@db.example.com/c?sslmode=verify-full&sslmode=allow";
            all.database.url = Some(twice.into());
        });
        one("security.session_idle_hours", |all| {
            all.security.session_idle_hours = 30 * DAY
        });
        one("security.session_days", |all| {
            all.security.session_days = 400 * DAY
        });
        one("single_sign_on.issuer", |all| {
            all.single_sign_on.issuer = "http://login.example.com".to_owned()
        });
        one("push.services", |all| {
            all.push.services = crate::settings::PushServices::Any
        });
        one("webhooks.networks", |all| {
            all.webhooks.networks = network("0.0.0.0/0")
        });
    }
}
