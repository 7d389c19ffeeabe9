//! Web addresses, parsed as the URL Standard says (<https://url.spec.whatwg.org>): by a crate in the process, and by the
//! browser itself in the browser, whose part is lighter without that crate and its tables.

/// The parts of an absolute address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress {
    /// In lower case.
    pub scheme: String,
    /// The host, in lower case, and the port unless it is the scheme's own; empty: none.
    pub host: String,
    pub path: String,
    /// The names and values after `?`, decoded.
    pub query: Vec<(String, String)>,
    /// What follows `#`; empty: nothing.
    pub fragment: String,
}

impl WebAddress {
    /// The value of the first such name after `?`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl WebAddress {
    /// `None`: not an absolute address.
    pub fn parse(text: &str) -> Option<Self> {
        let url = url::Url::parse(text).ok()?;
        let host = url.host_str().unwrap_or_default();
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: match url.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            },
            path: url.path().to_owned(),
            query: url.query_pairs().into_owned().collect(),
            fragment: url.fragment().unwrap_or_default().to_owned(),
        })
    }
}

#[cfg(target_arch = "wasm32")]
impl WebAddress {
    /// `None`: not an absolute address.
    pub fn parse(text: &str) -> Option<Self> {
        let url = web_sys::Url::new(text).ok()?;
        let pairs = url.search_params().entries().into_iter().flatten();
        let pair = |pair: wasm_bindgen::JsValue| {
            let pair = js_sys::Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        };
        Some(Self {
            scheme: url.protocol().trim_end_matches(':').to_owned(),
            host: url.host(),
            path: url.pathname(),
            query: pairs.filter_map(pair).collect(),
            fragment: url.hash().trim_start_matches('#').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_its_parts() {
        let read = |text| WebAddress::parse(text).unwrap();
        let whole = read("HTTPS://Example.com:8443/a%20b/c?q=1%2C2&q=3&empty=#part=1");
        assert_eq!(
            (&*whole.scheme, &*whole.host, &*whole.path, &*whole.fragment),
            ("https", "example.com:8443", "/a%20b/c", "part=1")
        );
        assert_eq!(whole.parameter("q"), Some("1,2"));
        assert_eq!(whole.parameter("empty"), Some(""));
        assert_eq!(whole.parameter("part"), None);
        assert_eq!(read("https://example.com:443/").host, "example.com");
        let place = read("geo:0,0?q=50.08,14.42");
        assert_eq!((&*place.scheme, &*place.host, &*place.path), ("geo", "", "0,0"));
        for none in ["", "/path", "example.com", "50.08, 14.42", "https://"] {
            assert_eq!(WebAddress::parse(none), None, "{none}");
        }
    }
}
