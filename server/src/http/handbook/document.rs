//! The handbook's pages as HTML.

use super::book::{self, CONTENTS, Found, Page, Reader};
use crate::http::page_frame::{Frame, Parts, escaped};
use app::{i18n::Locale, labels::help as words};
use axum::response::Html;
use domain::language::Language;
use std::fmt::Write as _;

/// How a document is shown.
#[derive(Debug, Clone)]
pub struct Look {
    pub language: Language,
    pub frame: Frame,
}

impl Look {
    fn locale(&self) -> Locale {
        match self.language {
            Language::En => Locale::en,
            Language::Cs => Locale::cs,
        }
    }

    fn address(&self, page: &str) -> String {
        format!("/help/{}/{page}", self.language.as_str())
    }
}

/// One page.
pub fn page(look: &Look, page: &Page) -> Html<String> {
    let pages = book::pages(look.language);
    let place = pages
        .iter()
        .position(|other| other.name == page.name)
        .unwrap_or(0);
    let link = |to: Option<&Page>, word: &str, rel: &str| match to {
        Some(to) => format!(
            "<a class=\"button\" rel=\"{rel}\" href=\"{}\">{word}: {}</a>",
            look.address(to.name),
            escaped(&to.title)
        ),
        None => "<span></span>".to_owned(),
    };
    let previous = place.checked_sub(1).and_then(|place| pages.get(place));
    let ways = format!(
        "<nav class=\"help-ways\" aria-label=\"{}\">{}{}</nav>",
        words::ways(look.locale()),
        link(previous, words::previous(look.locale()), "prev"),
        link(pages.get(place + 1), words::next(look.locale()), "next"),
    );
    let content = format!("<article class=\"help-page\">{}</article>{ways}", page.html);
    document(look, &page.title, Some(page.name), "", &content)
}

/// What a search found.
pub fn found(look: &Look, sought: &str, found: &[Found]) -> Html<String> {
    let locale = look.locale();
    let title = words::found(locale, sought);
    let mut content = format!("<article class=\"help-page\"><h1>{}</h1>", escaped(&title));
    if found.is_empty() {
        let _ = write!(content, "<p>{}</p>", words::none(locale));
    }
    for Found { page, excerpt } in found {
        let pieces: String = excerpt
            .iter()
            .map(|piece| match piece.hit {
                true => format!("<mark>{}</mark>", escaped(&piece.text)),
                false => escaped(&piece.text),
            })
            .collect();
        let (href, title) = (look.address(page.name), escaped(&page.title));
        let _ = write!(content, "<h2><a href=\"{href}\">{title}</a></h2><p>{pieces}</p>");
    }
    content.push_str("</article>");
    document(look, &title, None, sought, &content)
}

/// There is no such page.
pub fn missing(look: &Look) -> Html<String> {
    let title = words::missing(look.locale());
    let content = format!(
        "<article class=\"help-page\"><h1>{title}</h1><p>{}</p></article>",
        words::missing_text(look.locale())
    );
    document(look, title, None, "", &content)
}

fn document(look: &Look, title: &str, here: Option<&str>, sought: &str, content: &str) -> Html<String> {
    let locale = look.locale();
    let language = look.language.as_str();
    let (help, search, console) = (
        words::title(locale),
        words::search(locale),
        words::console(locale),
    );
    let title = format!("{} · {help}", escaped(title));
    let sought = escaped(sought);
    let (other, other_word) = match look.language {
        Language::En => (Language::Cs, "Čeština"),
        Language::Cs => (Language::En, "English"),
    };
    let other = other.as_str();
    let page = here.unwrap_or_default();
    let searched = format!("/help/{language}");
    let head = format!(
        "<a class=\"help-name\" href=\"{searched}\">{help}</a>\
         <form role=\"search\" action=\"{searched}\"><input class=\"input\" type=\"search\" name=\"q\" value=\"{sought}\" \
         aria-label=\"{search}\" placeholder=\"{search}\"></form>\
         <a class=\"button quiet\" lang=\"{other}\" hreflang=\"{other}\" href=\"/help/{other}/{page}\">{other_word}</a>\
         <a class=\"button quiet\" href=\"/inbox\">{console}</a>"
    );
    let contents = contents(look, here);
    let body = format!(
        "<div class=\"help-body\">{contents}<main id=\"content\" tabindex=\"-1\">{content}</main></div>"
    );
    look.frame.around(Parts {
        language,
        title: &title,
        skip: words::skip(locale),
        head: &head,
        body: &body,
    })
}

fn contents(look: &Look, here: Option<&str>) -> String {
    let locale = look.locale();
    let mut list = format!(
        "<nav class=\"help-contents\" aria-label=\"{}\">",
        words::contents(locale)
    );
    for (reader, names) in CONTENTS {
        let reader = match reader {
            Reader::Operators => words::operators(locale),
            Reader::Supervisors => words::supervisors(locale),
            Reader::Administrators => words::administrators(locale),
        };
        let _ = write!(list, "<h2>{reader}</h2><ul>");
        for page in names.iter().filter_map(|name| book::page(look.language, name)) {
            let current = if here == Some(page.name) {
                " aria-current=\"page\""
            } else {
                ""
            };
            let (href, title) = (look.address(page.name), escaped(&page.title));
            let _ = write!(list, "<li><a href=\"{href}\"{current}>{title}</a></li>");
        }
        list.push_str("</ul>");
    }
    list.push_str("</nav>");
    list
}
