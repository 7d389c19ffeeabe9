//! Which part of the list is requested, as the URL gives it.

use domain::{
    ids::{LineId, SessionId},
    session::{By, Filter, Tab},
};
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

/// The maximum number of pages of the list; for more, users search.
const MAX_PAGES: u8 = 20;

/// From where the open thread is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// A link leads to older messages where no script runs.
    pub before: Option<String>,
    /// The message, or the line of the timeline, that was searched for.
    pub at: Option<LineId>,
}

impl Opening {
    /// Values that cannot be parsed are ignored.
    pub fn read(map: &ParamsMap) -> Self {
        Self {
            before: map.get_str("before").map(str::to_owned),
            at: map.get_str("at").and_then(|id| id.parse().ok()),
        }
    }
}

/// Which part of the list is requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    pub tab: Tab,
    #[serde(default)]
    pub filter: Filter,
    pub search: String,
    /// How many pages are shown.
    pub pages: u8,
    /// How many pages of found messages are shown.
    #[serde(default)]
    pub hits: u8,
}

impl Query {
    /// Values that cannot be parsed are ignored.
    pub fn read(map: &ParamsMap) -> Self {
        let pages = |name| {
            let pages = map.get_str(name).and_then(|n| n.parse().ok()).unwrap_or(1);
            pages.clamp(1, MAX_PAGES)
        };
        Self {
            tab: map
                .get_str("tab")
                .and_then(|tab| tab.parse().ok())
                .unwrap_or_default(),
            filter: filter(map),
            search: map.get_str("q").unwrap_or_default().to_owned(),
            pages: pages("pages"),
            hits: pages("hits"),
        }
    }

    /// The address of this part of the list, with a session open beside it, if any.
    pub fn href(&self, session: Option<SessionId>) -> String {
        let mut href = match session {
            Some(session) => format!("/inbox/{session}?tab={}", self.tab.as_str()),
            None => format!("/inbox?tab={}", self.tab.as_str()),
        };
        for (name, value) in self.filters() {
            href.push_str(&format!("&{name}={value}"));
        }
        if !self.search.is_empty() {
            href.push_str("&q=");
            href.push_str(&leptos_router::location::Url::escape(&self.search));
        }
        if self.pages > 1 {
            href.push_str(&format!("&pages={}", self.pages));
        }
        if self.hits > 1 {
            href.push_str(&format!("&hits={}", self.hits));
        }
        href
    }

    /// The filter as the address spells it.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let Filter {
            unread,
            closing,
            snoozed,
            ..
        } = self.filter;
        let switches = [("unread", unread), ("closing", closing), ("snoozed", snoozed)];
        let switches = switches.into_iter().filter(|(_, on)| *on);
        let one = |by: &By| Some((by.as_str(), self.filter.get(*by)?.to_string()));
        switches
            .map(|(name, _)| (name, "1".to_owned()))
            .chain(By::ALL.iter().filter_map(one))
            .collect()
    }

    /// The address of a line in a session's thread. The anchor is for pages without a script.
    pub fn href_at(&self, session: SessionId, line: LineId, anchor: &str) -> String {
        format!("{}&at={line}#{anchor}", self.href(Some(session)))
    }

    /// The first page of a tab, with the same search and filter.
    pub fn on(&self, tab: Tab) -> Self {
        Self {
            tab,
            pages: 1,
            ..self.clone()
        }
    }

    /// The first page of the same tab and search, with another filter.
    pub fn narrowed(&self, filter: Filter) -> Self {
        Self {
            filter,
            pages: 1,
            ..self.clone()
        }
    }

    /// The first page of the same tab, with another search.
    pub fn searching(&self, search: String) -> Self {
        Self {
            search,
            pages: 1,
            hits: 1,
            ..self.clone()
        }
    }

    /// One page more of found messages.
    pub fn with_more_hits(&self) -> Self {
        Self {
            hits: (self.hits + 1).min(MAX_PAGES),
            ..self.clone()
        }
    }

    /// One page more.
    pub fn longer(&self) -> Self {
        Self {
            pages: (self.pages + 1).min(MAX_PAGES),
            ..self.clone()
        }
    }
}

fn filter(map: &ParamsMap) -> Filter {
    let switches = Filter {
        unread: map.get_str("unread").is_some(),
        closing: map.get_str("closing").is_some(),
        snoozed: map.get_str("snoozed").is_some(),
        ..Filter::default()
    };
    let one = |by: By| map.get_str(by.as_str()).and_then(|id| id.parse().ok());
    By::ALL
        .iter()
        .fold(switches, |filter, by| filter.with(*by, one(*by)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown() {
        let query = Query {
            tab: Tab::Waiting,
            pages: 1,
            ..Query::default()
        };
        assert_eq!(query.href(None), "/inbox?tab=waiting");
        let query = query.searching("Dvořák & syn".into()).longer();
        assert_eq!(
            query.href(None),
            "/inbox?tab=waiting&q=Dvo%C5%99%C3%A1k%20%26%20syn&pages=2"
        );
        assert_eq!(query.on(Tab::All).pages, 1);
        let unread = query.narrowed(Filter {
            unread: true,
            ..Filter::default()
        });
        assert_eq!(
            unread.on(Tab::Mine).href(None),
            "/inbox?tab=mine&unread=1&q=Dvo%C5%99%C3%A1k%20%26%20syn"
        );
    }
}
