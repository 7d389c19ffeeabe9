//! What is checked in messages of several kinds: words, links, files and places.

use crate::{
    form::{Problem, Problems},
    message::content::{Location, Media},
    web_address::WebAddress,
};

/// Maximum number of characters in a text.
pub const MAX_TEXT: usize = 4096;
/// Maximum number of characters in a file's caption.
pub const MAX_CAPTION: usize = 1024;
/// Switchboard's own limit: Meta gives no number.
pub(in crate::message) const MAX_LINE: usize = 1024;
pub(in crate::message) const MAX_ADDRESS: usize = 2048;

pub const MAX_HEADER: usize = 60;
pub const MAX_BODY: usize = 1024;

#[derive(Default)]
pub(super) struct Check(pub(super) Problems);

impl Check {
    pub(super) fn add(&mut self, field: &str, problem: Problem) {
        self.0.add(field, problem);
    }

    /// Not blank, and not too long.
    pub(super) fn words(&mut self, field: &str, words: &str, most: usize) {
        if words.trim().is_empty() {
            self.add(field, Problem::Required);
        } else {
            self.length(field, words, most);
        }
    }

    pub(super) fn length(&mut self, field: &str, words: &str, most: usize) {
        if words.chars().count() > most {
            self.0.add_too_long(field, most);
        } else if words.contains('\0') {
            self.add(field, Problem::NotAToken);
        }
    }

    /// A single line of text.
    pub(super) fn line(&mut self, field: &str, words: &str, most: usize) {
        self.words(field, words, most);
        if words.contains(['\n', '\r']) {
            self.add(field, Problem::NotAToken);
        }
    }

    pub(super) fn optional(&mut self, field: &str, words: Option<&String>, most: usize) {
        if let Some(words) = words {
            self.length(field, words, most);
        }
    }

    pub(super) fn count(&mut self, field: &str, count: usize, most: usize) {
        if count == 0 {
            self.add(field, Problem::Required);
        } else if count > most {
            self.0.add_too_long(field, most);
        }
    }

    /// An address that needs no mending: it goes to Meta as it is.
    pub(super) fn web(&mut self, field: &str, link: &str) {
        self.words(field, link, MAX_ADDRESS);
        let begins = link.to_ascii_lowercase();
        let clean = (begins.starts_with("https://") || begins.starts_with("http://"))
            && !link.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\')
            && WebAddress::parse(link).is_some();
        if !clean && !link.trim().is_empty() {
            self.add(field, Problem::NotAToken);
        }
    }

    /// A file needs one of an id at Meta, a link, and an uploaded file.
    pub(super) fn file(&mut self, at: &str, file: &Media, caption: bool, name: bool) {
        match (&file.id, &file.link, &file.file) {
            (Some(id), None, None) => self.line(&format!("{at}.id"), id, MAX_LINE),
            (None, Some(link), None) => self.web(&format!("{at}.link"), link),
            (None, None, Some(_)) => {}
            (None, None, None) => self.add(&format!("{at}.id"), Problem::Required),
            (_, Some(_), _) => self.add(&format!("{at}.link"), Problem::Unknown),
            (Some(_), None, Some(_)) => self.add(&format!("{at}.file"), Problem::Unknown),
        }
        self.optional(&format!("{at}.caption"), file.caption.as_ref(), MAX_CAPTION);
        self.optional(&format!("{at}.filename"), file.filename.as_ref(), MAX_LINE);
        for (has, may, field) in [
            (file.caption.is_some(), caption, "caption"),
            (file.filename.is_some(), name, "filename"),
            (file.voice, at == "audio", "voice"),
        ] {
            if has && !may {
                self.add(&format!("{at}.{field}"), Problem::Unknown);
            }
        }
    }

    pub(super) fn place(&mut self, at: &str, place: &Location) {
        for (field, degrees, limit) in [
            ("latitude", &place.latitude, 90.0),
            ("longitude", &place.longitude, 180.0),
        ] {
            let field = format!("{at}.{field}");
            match degrees {
                None => self.add(&field, Problem::Required),
                Some(degrees) if !degrees.is_within(limit) => self.add(&field, Problem::NotNumeric),
                Some(_) => {}
            }
        }
        self.optional(&format!("{at}.name"), place.name.as_ref(), MAX_LINE);
        self.optional(&format!("{at}.address"), place.address.as_ref(), MAX_LINE);
        if place.url.is_some() {
            self.add(&format!("{at}.url"), Problem::Unknown);
        }
    }
}
