//! The words around the handbook's pages, which the process draws without the console.

use crate::i18n::*;

pub fn title(locale: Locale) -> &'static str {
    td_string!(locale, common.help.title)
}

pub fn search(locale: Locale) -> &'static str {
    td_string!(locale, common.help.search)
}

pub fn found(locale: Locale, text: &str) -> String {
    td_string!(locale, common.help.found, text = text.to_owned()).to_string()
}

pub fn none(locale: Locale) -> &'static str {
    td_string!(locale, common.help.none)
}

pub fn missing(locale: Locale) -> &'static str {
    td_string!(locale, common.help.missing)
}

pub fn missing_text(locale: Locale) -> &'static str {
    td_string!(locale, common.help.missing_text)
}

pub fn contents(locale: Locale) -> &'static str {
    td_string!(locale, common.help.contents)
}

pub fn operators(locale: Locale) -> &'static str {
    td_string!(locale, common.help.operators)
}

pub fn supervisors(locale: Locale) -> &'static str {
    td_string!(locale, common.help.supervisors)
}

pub fn administrators(locale: Locale) -> &'static str {
    td_string!(locale, common.help.administrators)
}

pub fn ways(locale: Locale) -> &'static str {
    td_string!(locale, common.help.ways)
}

pub fn previous(locale: Locale) -> &'static str {
    td_string!(locale, common.help.previous)
}

pub fn next(locale: Locale) -> &'static str {
    td_string!(locale, common.help.next)
}

pub fn console(locale: Locale) -> &'static str {
    td_string!(locale, common.help.console)
}

pub fn skip(locale: Locale) -> &'static str {
    td_string!(locale, common.nav.skip)
}
