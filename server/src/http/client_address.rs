//! The address a request really comes from. Log-ins are throttled by it, so nobody may choose it freely:
//! `X-Forwarded-For` is believed from the proxies in the settings only, and read from its trustworthy end.

use crate::settings::Settings;
use app::api::guard::ClientAddress;
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use serde::Deserialize;
use std::{net::IpAddr, sync::Arc};

/// The other end of the connection: a client or a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// A reverse proxy, or a network of them: `10.0.0.7` or `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxy(IpNet);

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network
            .map(Self)
            .map_err(|_| format!("{text:?} is neither an address nor a network"))
    }
}

/// Puts the [`ClientAddress`] into the request.
pub async fn find(State(settings): State<Arc<Settings>>, mut request: Request, next: Next) -> Response {
    if let Some(client) = of(&request, &settings) {
        request.extensions_mut().insert(ClientAddress(client));
    }
    next.run(request).await
}

/// Where a request comes from; `None` when it has no connection, in a test.
pub fn of(request: &Request, settings: &Settings) -> Option<IpAddr> {
    let &Peer(peer) = request.extensions().get()?;
    Some(client(peer, request.headers(), &settings.http.trusted_proxies))
}

/// Every proxy appends the address it was called from, so the list is read from its end for as long as each
/// address is a trusted proxy; what stands before the first other address may be invented.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Proxy]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|Proxy(network)| network.contains(&ip));
    let forwarded = headers.get_all("x-forwarded-for").iter().rev();
    let mut hops = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.rsplit(','))
        .map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    let mut client = peer.to_canonical();
    while is_trusted(client)
        && let Some(hop) = hops.next()
    {
        client = hop.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str]) -> String {
        let trusted = ["10.0.0.0/8", "192.0.2.1"].map(|text| Proxy::try_from(text.to_owned()).unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("192.0.2.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn what_a_client_invents_is_not_reached() {
        assert_eq!(
            seen("10.1.2.3", &["1.1.1.1, 198.51.100.1, 10.9.9.9"]),
            "198.51.100.1"
        );
        assert_eq!(seen("10.1.2.3", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.1.2.3", &["1.1.1.1, nonsense"]), "10.1.2.3");
    }

    #[test]
    fn a_mapped_address_is_an_ipv4_address() {
        assert_eq!(seen("::ffff:10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
    }
}
