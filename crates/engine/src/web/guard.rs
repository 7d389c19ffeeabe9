//! Which addresses are called when a user names them: none that lead to this machine or into the network around it,
//! neither by the address itself, nor by what its name resolves to at the moment of the call.

use crate::web::{calls, names::Names};
use domain::countries::is_private;
use ipnet::IpNet;
use reqwest::{
    ClientBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
};
use std::{net::IpAddr, sync::Arc, time::Duration};
use url::{Host, Url};

/// The address leads to where this process does not call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not allowed")]
pub(crate) struct NotAllowed;

/// Public addresses, and those of networks that an administrator of the machine allows.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    public: bool,
    allowed: Arc<[IpNet]>,
    names: Names,
}

impl Guard {
    pub(crate) fn public() -> Self {
        Self::public_and(Arc::default())
    }

    pub(crate) fn public_and(allowed: Arc<[IpNet]>) -> Self {
        Self {
            public: true,
            allowed,
            names: Names::system(),
        }
    }

    /// Nothing but the networks that are allowed.
    pub(crate) fn only(allowed: Arc<[IpNet]>) -> Self {
        Self {
            public: false,
            allowed,
            names: Names::system(),
        }
    }

    /// A client that connects to such addresses only. Addresses in place of a name have to be checked before: nobody
    /// resolves them.
    pub(crate) fn client(self, limit: Duration) -> ClientBuilder {
        // A proxy would look up the names itself, and so reach what must not be reached.
        calls::client(limit).no_proxy().dns_resolver(Arc::new(self))
    }

    /// Checks an address in place of a name, however it is spelt.
    pub(crate) fn check(&self, url: &Url) -> Result<(), NotAllowed> {
        let address = match url.host() {
            None => return Err(NotAllowed),
            Some(Host::Domain(_)) if !self.public && self.allowed.is_empty() => return Err(NotAllowed),
            // Checked when it is resolved.
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        match self.admits(address) {
            true => Ok(()),
            false => Err(NotAllowed),
        }
    }

    fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address)) || self.public && is_public(address)
    }
}

/// The connection is made to what was checked: the name is not looked up again.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let mut found = guard.names.find(name.as_str()).await?;
            found.retain(|address| guard.admits(address.ip()));
            match found.is_empty() {
                true => Err(NotAllowed.into()),
                false => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>,
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
fn is_public(address: IpAddr) -> bool {
    if is_private(address) {
        return false;
    }
    match address {
        IpAddr::V4(ip) => match ip.octets() {
            // This network; multicast, reserved and broadcast addresses.
            [0 | 224.., ..] => false,
            // Protocols, tests of performance, documentation, relays of 6to4.
            [192, 0, 0 | 2, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            | [192, 88, 99, _] => false,
            // What a machine at Azure asks about itself:
            // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
            [168, 63, 129, 16] => false,
            _ => true,
        },
        // Global unicast without what embeds another address (6to4, Teredo), names a host by a key, or is an example.
        IpAddr::V6(ip) => match ip.segments() {
            [0x2001, 0..0x200, ..] | [0x2002, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..0x1000, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::names::stand_in::StandIn;
    use futures::future::join_all;
    use whatsapp::graph::causes;

    #[test]
    fn only_public_addresses_are_called() {
        let public = Guard::public();
        for address in [
            "8.8.8.8",
            "142.250.1.95",
            "192.0.1.1",
            "168.63.129.17",
            "2a00:1450:4014::5f",
            "2001:4860:4860::8888",
        ] {
            assert!(public.admits(address.parse().unwrap()), "{address}");
        }
        for other in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.2.1",
            "192.88.99.1",
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
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "3fff::1",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
        ] {
            assert!(!public.admits(other.parse().unwrap()), "{other}");
        }
    }

    #[test]
    fn networks_are_allowed_also_in_the_form_of_ipv6() {
        let allowed: Arc<[IpNet]> = ["10.1.0.0/16".parse::<IpNet>().unwrap()].into();
        let both = Guard::public_and(allowed.clone());
        let only = Guard::only(allowed);
        for (address, by_both, by_only) in [
            ("10.1.2.3", true, true),
            ("::ffff:10.1.2.3", true, true),
            ("10.2.2.3", false, false),
            ("8.8.8.8", true, false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(
                (both.admits(address), only.admits(address)),
                (by_both, by_only),
                "{address}"
            );
        }
    }

    #[test]
    fn an_address_in_place_of_a_name_is_checked_however_it_is_spelt() {
        let check = |text: &str| Guard::public().check(&Url::parse(text).unwrap());
        for text in [
            "https://crm.example/x",
            "https://8.8.8.8:8443/x",
            "https://[2a00:1450:4014::5f]/",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
        for text in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://017700000001/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://10.0.0.1:8443/",
        ] {
            assert_eq!(check(text), Err(NotAllowed), "{text}");
        }
    }

    #[test]
    fn where_no_network_is_allowed_no_name_is_either() {
        let name = Url::parse("http://crm.example/").unwrap();
        assert_eq!(Guard::only(Arc::default()).check(&name), Err(NotAllowed));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called_and_the_error_says_so() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let web = Guard::public().client(Duration::from_secs(5)).build().unwrap();
        let error = web.get("https://localhost/").send().await.unwrap_err();
        assert!(causes(&error).any(|cause| cause.is::<NotAllowed>()), "{error:?}");
    }

    #[tokio::test]
    async fn calls_to_a_name_of_which_nothing_is_heard_hold_up_no_others() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let system = Arc::new(StandIn::default());
        let guard = Guard {
            names: system.names(2),
            ..Guard::public()
        };
        let web = guard.client(Duration::from_secs(1)).build().unwrap();
        let calls = (0..20).map(|_| web.get("https://silent.example/").send());
        for call in join_all(calls).await {
            let error = call.unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
        }
        let error = web.get("https://crm.example/").send().await.unwrap_err();
        assert!(causes(&error).any(|cause| cause.is::<NotAllowed>()), "{error:?}");
        assert_eq!(system.asked("silent.example"), 1);
        system.speak();
    }
}
