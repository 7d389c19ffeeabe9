//! `/help`: the handbook, from `docs/guide`. It needs no script, and no log-in: whoever sets Switchboard up reads it before
//! anybody can log in, and it has nothing of the company's in it.
//!
//! | file | what it holds |
//! |---|---|
//! | `book` | the pages, their pictures, the search |
//! | `document` | the HTML around them |

mod book;
mod document;

use self::document::Look;
use super::{
    page_frame::{CACHING, Frame},
    state::Http,
};
use app::{i18n::Locale, prefs};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use domain::language::Language;
use serde::Deserialize;

/// The longest search, in bytes.
const MAX_SEARCH: usize = 400;

#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

/// `/help`: the first page, in the reader's language.
pub async fn begin(headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    Redirect::to(&format!("/help/{}", language.as_str())).into_response()
}

/// `/help/cs`: the first page or a search; `/help/clocks`: a page in the reader's language.
pub async fn open(
    State(http): State<Http>,
    headers: HeaderMap,
    Path(name): Path<String>,
    search: Result<Query<Search>, QueryRejection>,
) -> Response {
    let Ok(language) = name.parse::<Language>() else {
        let language = language_of(&headers);
        return match book::page(language, &name) {
            Some(page) => Redirect::to(&format!("/help/{}/{}", language.as_str(), page.name)).into_response(),
            None => missing(&look(&http, &headers, language)),
        };
    };
    let look = look(&http, &headers, language);
    let sought = search.map(|Query(search)| search.q).unwrap_or_default();
    let sought = sought.trim();
    if !sought.is_empty() {
        let sought: String = sought
            .chars()
            .take(MAX_SEARCH)
            .filter(|c| !c.is_control())
            .collect();
        return answer(document::found(&look, &sought, &book::find(language, &sought)));
    }
    match book::pages(language).first() {
        Some(page) => answer(document::page(&look, page)),
        None => missing(&look),
    }
}

/// `/help/cs/clocks`.
pub async fn page(
    State(http): State<Http>,
    headers: HeaderMap,
    Path((language, name)): Path<(String, String)>,
) -> Response {
    let known = language.parse::<Language>();
    let look = look(&http, &headers, known.unwrap_or_else(|_| language_of(&headers)));
    match known.ok().and_then(|language| book::page(language, &name)) {
        Some(page) => answer(document::page(&look, page)),
        None => missing(&look),
    }
}

/// `/help/pictures/cs/inbox.png`.
pub async fn picture(Path((language, name)): Path<(String, String)>) -> Response {
    let bytes = language
        .parse::<Language>()
        .ok()
        .filter(|_| name.ends_with(".png"))
        .and_then(|language| book::picture(language, &name));
    match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, "image/png"), CACHING], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(document: Html<String>) -> Response {
    ([CACHING], document).into_response()
}

fn missing(look: &Look) -> Response {
    (StatusCode::NOT_FOUND, document::missing(look)).into_response()
}

fn look(http: &Http, headers: &HeaderMap, language: Language) -> Look {
    Look {
        language,
        frame: Frame::of(http, headers),
    }
}

fn language_of(headers: &HeaderMap) -> Language {
    match prefs::language_of(headers) {
        Locale::en => Language::En,
        Locale::cs => Language::Cs,
    }
}
