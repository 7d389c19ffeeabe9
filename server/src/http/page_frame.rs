//! The frame of a page without a script, in the console's styles: the handbook, the reference of the REST API.

use super::state::Http;
use app::prefs::{self, THEME_COOKIE};
use axum::{
    http::{HeaderMap, header},
    response::Html,
};
use pulldown_cmark_escape::escape_html;

/// Pages change only with the program; a browser asks each time, because the style's address changes with it.
pub const CACHING: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

/// What the reader and the site say about every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The attribute for a chosen theme.
    theme: &'static str,
    /// The address of the style sheet.
    style: String,
}

/// What stands in the frame, as HTML.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'p> {
    pub language: &'p str,
    pub title: &'p str,
    /// The words of the link to `#content`, which is in the body.
    pub skip: &'p str,
    pub head: &'p str,
    pub body: &'p str,
}

impl Frame {
    pub fn of(http: &Http, headers: &HeaderMap) -> Self {
        let options = &http.leptos;
        Self {
            theme: match prefs::cookie_in(headers, THEME_COOKIE) {
                Some("light") => " data-theme=\"light\"",
                Some("dark") => " data-theme=\"dark\"",
                _ => "",
            },
            style: format!("/{}/{}.css", options.site_pkg_dir, options.output_name),
        }
    }

    pub fn around(&self, parts: Parts<'_>) -> Html<String> {
        let Self { theme, style } = self;
        let Parts {
            language,
            title,
            skip,
            head,
            body,
        } = parts;
        Html(format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\"{theme}>\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
             <link rel=\"stylesheet\" href=\"{style}\"><title>{title} · Switchboard</title></head>\n\
             <body class=\"help\"><a class=\"skip\" href=\"#content\">{skip}</a>\
             <header class=\"help-head\">{head}</header>{body}</body>\n</html>\n"
        ))
    }
}

/// The text as HTML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    // Writing to a string does not fail.
    let _ = escape_html(&mut escaped, text);
    escaped
}
