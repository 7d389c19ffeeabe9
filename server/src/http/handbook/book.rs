//! The pages of the handbook, read from `docs/guide` once.

use domain::{
    language::Language,
    search::{
        Piece,
        texts::{self, Term},
    },
};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use rust_embed::Embed;
use std::{collections::BTreeSet, sync::LazyLock};

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../docs/guide"]
struct Guide;

/// For whom a part of the handbook is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Operators,
    Supervisors,
    Administrators,
}

/// The parts and their pages, in the order in which they are read.
pub const CONTENTS: [(Reader, &[&str]); 3] = [
    (
        Reader::Operators,
        &[
            "inbox",
            "answering",
            "clocks",
            "notes",
            "search",
            "files",
            "canned-replies",
            "availability",
            "keys",
        ],
    ),
    (Reader::Supervisors, &["sessions", "session-log", "queues"]),
    (
        Reader::Administrators,
        &[
            "connect",
            "health",
            "sending",
            "costs",
            "people",
            "countries",
            "deliveries",
            "webhooks",
            "running",
        ],
    ),
];

/// A page in one language.
#[derive(Debug)]
pub struct Page {
    pub name: &'static str,
    pub title: String,
    /// Made from our own text; raw HTML in it is shown as text.
    pub html: String,
    text: String,
    words: BTreeSet<String>,
}

/// A page that a search has found, and the place of what was searched for.
#[derive(Debug)]
pub struct Found {
    pub page: &'static Page,
    pub excerpt: Vec<Piece>,
}

static ENGLISH: LazyLock<Vec<Page>> = LazyLock::new(|| read(Language::En));
static CZECH: LazyLock<Vec<Page>> = LazyLock::new(|| read(Language::Cs));

/// All pages, in their order.
pub fn pages(language: Language) -> &'static [Page] {
    match language {
        Language::En => &ENGLISH,
        Language::Cs => &CZECH,
    }
}

pub fn page(language: Language, name: &str) -> Option<&'static Page> {
    pages(language).iter().find(|page| page.name == name)
}

/// A picture's bytes. Each language has its own.
pub fn picture(language: Language, name: &str) -> Option<Vec<u8>> {
    let file = Guide::get(&picture_path(language, name))?;
    Some(file.data.into_owned())
}

fn picture_path(language: Language, name: &str) -> String {
    format!("{}/{name}", language.as_str())
}

/// The pages that have all words of a search.
pub fn find(language: Language, text: &str) -> Vec<Found> {
    let Some(sought) = texts::sought(text) else {
        return Vec::new();
    };
    let has = |page: &Page, term: &Term| match term.prefix {
        true => page.words.iter().any(|word| word.starts_with(&term.word)),
        false => page.words.contains(&term.word),
    };
    let has_all = |page: &&Page| {
        let mut parts = sought.parts().iter();
        parts.all(|alternatives| {
            let mut alternatives = alternatives.iter();
            alternatives.any(|terms| terms.iter().all(|term| has(page, term)))
        })
    };
    let found = pages(language).iter().filter(has_all);
    found
        .map(|page| Found {
            page,
            excerpt: sought.excerpt(&page.text),
        })
        .collect()
}

fn read(language: Language) -> Vec<Page> {
    let names = CONTENTS.iter().flat_map(|(_, names)| names.iter());
    names.filter_map(|name| read_page(language, name)).collect()
}

fn read_page(language: Language, name: &'static str) -> Option<Page> {
    let file = Guide::get(&format!("{}/{name}.md", language.as_str()))?;
    let source = String::from_utf8_lossy(&file.data);
    let events: Vec<Event<'_>> = Parser::new_ext(&source, Options::ENABLE_TABLES).collect();
    let title = title(&events);
    let text = plain(&events);
    let mut html = String::new();
    html::push_html(
        &mut html,
        events.into_iter().map(|event| addressed(event, language)),
    );
    Some(Page {
        name,
        title,
        html,
        words: texts::words(&text),
        text,
    })
}

/// The first heading.
fn title(events: &[Event<'_>]) -> String {
    let heading = events
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    heading.filter_map(words).collect()
}

fn plain(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                text.push(' ');
            }
            other => text.push_str(words(other).unwrap_or_default()),
        }
    }
    text
}

fn words<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some(" "),
        _ => None,
    }
}

/// Links and pictures name files beside the page. Raw HTML is shown and not passed on.
fn addressed(event: Event<'_>, language: Language) -> Event<'_> {
    let address =
        |folder: &str, name: &str| CowStr::from(format!("/help/{folder}{}/{name}", language.as_str()));
    match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) if !dest_url.contains(':') => Event::Start(Tag::Link {
            link_type,
            dest_url: address("", &dest_url),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: address("pictures/", &dest_url),
            title,
            id,
        }),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 2] = [Language::En, Language::Cs];

    /// What a page's source names by `](…)`.
    fn named(language: Language, name: &str) -> Vec<String> {
        let file = Guide::get(&format!("{}/{name}.md", language.as_str())).unwrap();
        let source = String::from_utf8_lossy(&file.data).into_owned();
        let parts = source.split("](").skip(1);
        parts
            .map(|part| part.split(')').next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_page_is_there_in_both_languages_with_the_same_links_and_pictures() {
        let all: usize = CONTENTS.iter().map(|(_, names)| names.len()).sum();
        for language in LANGUAGES {
            assert_eq!(pages(language).len(), all, "{language:?}");
        }
        for (english, czech) in pages(Language::En).iter().zip(pages(Language::Cs)) {
            assert_eq!(english.name, czech.name);
            let headings = |page: &Page| page.html.matches("<h2").count();
            assert_eq!(headings(english), headings(czech), "{}", english.name);
            let links = named(Language::En, english.name);
            assert_eq!(links, named(Language::Cs, english.name), "{}", english.name);
            for link in links.iter().filter(|link| !link.contains(':')) {
                for language in LANGUAGES {
                    let there = match link.ends_with(".png") {
                        true => picture(language, link).is_some(),
                        false => page(language, link).is_some(),
                    };
                    assert!(there, "{} names {link}, which is not there", english.name);
                }
            }
        }
    }

    #[test]
    fn no_file_is_left_over() {
        for path in Guide::iter() {
            let (language, file) = path.split_once('/').expect("a folder for each language");
            let language: Language = language.parse().expect("a language");
            match file.strip_suffix(".md") {
                Some(name) => assert!(page(language, name).is_some(), "{path} is not in the contents"),
                None => assert!(
                    pages(language).iter().any(|page| page.html.contains(file)),
                    "no page shows {path}"
                ),
            }
        }
    }

    #[test]
    fn a_search_folds_case_and_accents() {
        let names = |language, text: &str| -> Vec<&str> {
            find(language, text).iter().map(|found| found.page.name).collect()
        };
        assert!(names(Language::Cs, "SERVISNI okno").contains(&"clocks"));
        assert!(names(Language::En, "webhook verify").contains(&"connect"));
        assert!(names(Language::En, "xyzzy").is_empty() && names(Language::En, " ").is_empty());
        let found = find(Language::En, "capacity");
        assert!(
            found
                .iter()
                .all(|found| found.excerpt.iter().any(|piece| piece.hit))
        );
    }
}
