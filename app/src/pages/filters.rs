//! Filters in a page's address.

use leptos_router::location::Url;

/// The address with these parameters; empty ones are left out.
pub fn href(path: &str, all: &[(&str, &str)]) -> String {
    let given = all.iter().filter(|(_, value)| !value.is_empty());
    given.fold(path.to_owned(), |href, (name, value)| with(&href, name, value))
}

/// The address with one more parameter.
pub fn with(href: &str, name: &str, value: &str) -> String {
    let joint = if href.contains('?') { '&' } else { '?' };
    format!("{href}{joint}{name}={}", Url::escape(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_spells_its_filters() {
        let all = [("customer", ""), ("of", "")];
        assert_eq!(href("/session-log", &all), "/session-log");
        let all = [("from", ""), ("customer", "Dvořák & syn"), ("state", "closed")];
        let all = href("/session-log", &all);
        assert_eq!(
            all,
            "/session-log?customer=Dvo%C5%99%C3%A1k%20%26%20syn&state=closed"
        );
        assert_eq!(with(&all, "cursor", "1_a"), format!("{all}&cursor=1%5Fa"));
    }
}
