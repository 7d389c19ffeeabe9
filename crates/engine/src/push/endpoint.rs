//! Which addresses are called. A user names the address, so it must not lead to this machine or into the network around
//! it: neither by its name, nor by what the name resolves to at the moment of the call.

use crate::config::PushServices;
use domain::countries::is_private;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, SocketAddr},
};
use url::{Host, Url};

/// The address of a push service; `None` for one that is not called.
pub(super) fn endpoint(text: &str, services: PushServices) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_called = match services {
        PushServices::None => false,
        PushServices::Any => matches!(url.scheme(), "http" | "https") && url.has_host(),
        // Every push service has a name.
        PushServices::Public => {
            url.scheme() == "https" && url.port().is_none() && matches!(url.host(), Some(Host::Domain(_)))
        }
    };
    Some(url).filter(|_| is_bare && is_called)
}

/// Resolves names to public addresses only. The connection is made to what was checked: the name is not looked up again.
#[derive(Debug)]
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            match public.is_empty() {
                true => Err(io::Error::other("the name leads to no public address").into()),
                false => Ok(Box::new(public.into_iter()) as Addrs),
            }
        })
    }
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
fn is_public(address: IpAddr) -> bool {
    let address = address.to_canonical();
    if is_private(address) {
        return false;
    }
    match address {
        IpAddr::V4(ip) => match ip.octets() {
            // This network; multicast, reserved and broadcast addresses.
            [0 | 224.., ..] => false,
            // Protocols, tests of performance, documentation.
            [192, 0, 0 | 2, _] | [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => false,
            _ => true,
        },
        // Global unicast without what embeds another address: 6to4 and Teredo.
        IpAddr::V6(ip) => match ip.segments() {
            [0x2001, 0, ..] | [0x2002, ..] | [0x2001, 0xdb8, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_behind_https_is_called() {
        let called = |text| endpoint(text, PushServices::Public).is_some();
        assert!(called("https://fcm.googleapis.com/fcm/send/abc:def"));
        assert!(called("https://updates.push.services.mozilla.com/wpush/v2/gAAA"));
        for hostile in [
            "",
            "fcm.googleapis.com",
            "http://fcm.googleapis.com/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://[::1]/x",
            "https://10.0.0.1/x",
            "https://8.8.8.8/x",
            "https://push.example:8443/x",
            "https://user@push.example/x",
            "https://push.example/x#y",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert!(!called(hostile), "{hostile}");
        }
        assert!(endpoint("https://push.example/x", PushServices::None).is_none());
        assert!(endpoint("http://127.0.0.1:9/x", PushServices::Any).is_some());
        assert!(endpoint("file:///etc/passwd", PushServices::Any).is_none());
    }

    #[test]
    fn only_public_addresses_are_called() {
        for public in ["8.8.8.8", "142.250.1.95", "192.0.1.1", "2a00:1450:4014::5f"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called() {
        let resolved = PublicAddresses.resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_err());
    }
}
