//! Which addresses are called. A user names the address, so it must not lead to this machine or into the network around
//! it: neither by its name, nor by what the name resolves to at the moment of the call (`web::guard`).

use crate::config::PushServices;
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
}
