//! The address that a request really comes from. Log-ins are throttled by it, so nobody may choose it freely: a header
//! is believed only if it comes from a proxy in the settings, and it is read from its trustworthy end.

use super::state::Http;
use crate::settings::{ForwardedHeader, Network, Settings};
use app::api::guard::ClientAddress;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::Response,
};
use engine::{
    audit::{refusals, request},
    seldom::Seldom,
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

const X_FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";
/// The interval between two warnings about a proxy that is not trusted.
const SAY_EVERY: Duration = Duration::from_secs(60 * 60);

/// Maximum number of characters of an address that are audited.
const MAX_ASKED_FOR: usize = 200;

/// The other end of the connection: a client or a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Inserts the [`ClientAddress`] into the request's extensions. What is audited meanwhile came from there, and what is
/// forbidden is audited.
pub async fn find(State(http): State<Http>, mut request: Request, next: Next) -> Response {
    let client = of(&request, &http.settings);
    if let Some(client) = client {
        request.extensions_mut().insert(ClientAddress(client));
    }
    let asked_for: String = format!("{} {}", request.method(), request.uri().path())
        .chars()
        .take(MAX_ASKED_FOR)
        .collect();
    let answer = async {
        let response = next.run(request).await;
        let status_says_so = response.status() == StatusCode::FORBIDDEN;
        refusals::forbidden(&http.engine, &asked_for, status_says_so).await;
        response
    };
    request::within(client, answer).await
}

/// The client's address; `None` if the request has no connection, as in a test.
pub fn of(request: &Request, settings: &Settings) -> Option<IpAddr> {
    let &Peer(peer) = request.extensions().get()?;
    let (trusted, written) = (&settings.http.trusted_proxies, settings.http.forwarded_header);
    Some(client(peer.to_canonical(), request.headers(), trusted, written))
}

/// Every proxy appends the address that called it, so the list is read from its end as long as each address is a
/// trusted proxy. The first other address is the client; whatever stands before it may be invented.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network], written: ForwardedHeader) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|proxy| proxy.includes(ip));
    let (header, read): (&str, fn(&str) -> Option<IpAddr>) = match written {
        ForwardedHeader::XForwardedFor => (X_FORWARDED_FOR, address),
        ForwardedHeader::Either if headers.contains_key(X_FORWARDED_FOR) => (X_FORWARDED_FOR, address),
        ForwardedHeader::Either | ForwardedHeader::Forwarded => (FORWARDED, forwarded_for),
    };
    if !is_trusted(peer) {
        if headers.contains_key(header) {
            say_who_forwards(peer);
        }
        return peer;
    }
    // A client's unbalanced quote or non-UTF-8 bytes cannot spoil the part that a proxy appended.
    let mut hops = headers
        .get_all(header)
        .iter()
        .rev()
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map_while(|element| read(&String::from_utf8_lossy(element)));
    let mut client = peer;
    while is_trusted(client)
        && let Some(hop) = hops.next()
    {
        client = hop.to_canonical();
    }
    client
}

/// `for=192.0.2.60;proto=https;by=203.0.113.43`
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(node)
}

/// An address, with or without quotes and port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`,
/// `"[2001:db8::1]:4711"`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    if let Some(rest) = text.strip_prefix('[') {
        let (ip, port) = rest.split_once(']')?;
        let is_port = port.is_empty() || port.starts_with(':');
        return ip.parse::<Ipv6Addr>().ok().filter(|_| is_port).map(IpAddr::from);
    }
    let without_port = || text.split_once(':')?.0.parse::<Ipv4Addr>().ok();
    text.parse().ok().or_else(|| without_port().map(IpAddr::from))
}

/// Warns that an untrusted peer sends the header. The peer counts as the client; if it is a proxy, all the clients
/// behind it count as one.
fn say_who_forwards(peer: IpAddr) {
    static SAID: Seldom = Seldom::every(SAY_EVERY);
    let Some(left_out) = SAID.due() else { return };
    tracing::warn!(
        %peer,
        left_out,
        "a request says for whom it was forwarded, and is not believed: it comes from an address that is not in \
         http.trusted_proxies. If that is your proxy, add it: until then everybody behind it counts as one client"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn seen_by(written: ForwardedHeader, peer: &str, lines: &[(&'static str, impl AsRef<[u8]>)]) -> String {
        let trusted = ["10.0.0.0/8", "192.0.2.1"].map(|text| Network::try_from(text.to_owned()).unwrap());
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_ref()).unwrap());
        }
        let peer: IpAddr = peer.parse().unwrap();
        client(peer.to_canonical(), &headers, &trusted, written).to_string()
    }

    fn seen(peer: &str, forwarded: &[&'static str]) -> String {
        let lines: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
        seen_by(ForwardedHeader::Either, peer, &lines)
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

    /// nginx appends to whatever the client has sent.
    #[test]
    fn bytes_that_are_no_text_hide_nothing_behind_them() {
        let seen = |lines: &[(&'static str, &[u8])]| seen_by(ForwardedHeader::Either, "10.1.2.3", lines);
        let x = |line: &'static [u8]| ("x-forwarded-for", line);
        assert_eq!(seen(&[x(b"\xe9, 198.51.100.1")]), "198.51.100.1");
        assert_eq!(seen(&[x(b"\xff"), x(b"198.51.100.1, 10.9.9.9")]), "198.51.100.1");
        let unreadable = [x(b"198.51.100.1"), x(b"\xc3\xa9, 10.9.9.9")];
        assert_eq!(
            seen(&unreadable),
            "10.9.9.9",
            "what stands before it may be invented"
        );
        for line in [
            &b"for=\xe9, for=198.51.100.1"[..],
            b"for=1.1.1.1, for=198.51.100.1;host=\"\xe9\"",
        ] {
            assert_eq!(seen(&[("forwarded", line)]), "198.51.100.1", "{line:?}");
        }
    }

    #[test]
    fn a_mapped_address_is_an_ipv4_address() {
        assert_eq!(seen("::ffff:10.1.2.3", &["198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn a_port_is_not_part_of_the_address() {
        for (line, address) in [
            ("198.51.100.1:51234", "198.51.100.1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("1.1.1.1:80, 198.51.100.1:51234, 10.9.9.9:1", "198.51.100.1"),
            ("[2001:db8::1]nonsense", "10.1.2.3"),
            ("[198.51.100.1]:443", "10.1.2.3"),
        ] {
            assert_eq!(seen("10.1.2.3", &[line]), address, "{line}");
        }
    }

    #[test]
    fn forwarded_is_read_where_there_is_no_x_forwarded_for() {
        let seen = |line| seen_by(ForwardedHeader::Either, "10.1.2.3", &[("forwarded", line)]);
        for (line, address) in [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "proto=https; For=\"198.51.100.1:4711\";by=10.1.2.3",
                "198.51.100.1",
            ),
            ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            (
                "for=1.1.1.1, for=198.51.100.1;proto=http, for=10.9.9.9",
                "198.51.100.1",
            ),
            ("for=\"1.1.1.1, for=198.51.100.1", "198.51.100.1"),
            ("for=unknown", "10.1.2.3"),
            ("for=_hidden, for=10.9.9.9", "10.9.9.9"),
            ("by=198.51.100.1", "10.1.2.3"),
        ] {
            assert_eq!(seen(line), address, "{line}");
        }
    }

    #[test]
    fn what_the_proxy_does_not_write_is_not_read() {
        let both = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "198.51.100.1")];
        let seen = |written| seen_by(written, "10.1.2.3", &both);
        assert_eq!(seen(ForwardedHeader::Either), "198.51.100.1");
        assert_eq!(seen(ForwardedHeader::XForwardedFor), "198.51.100.1");
        assert_eq!(seen(ForwardedHeader::Forwarded), "1.1.1.1");
        let other = [("forwarded", "for=1.1.1.1")];
        assert_eq!(
            seen_by(ForwardedHeader::XForwardedFor, "10.1.2.3", &other),
            "10.1.2.3"
        );
    }
}
