//! Countries, doors, and why an address is refused.

use crate::i18n::*;
use domain::{
    countries::{Country, Door, ShutOut, Unfit},
    language::Language,
};
use std::net::IpAddr;

fn language(locale: Locale) -> Language {
    match locale {
        Locale::en => Language::En,
        Locale::cs => Language::Cs,
    }
}

pub fn country(locale: Locale, country: Country) -> &'static str {
    country.name(language(locale))
}

/// Countries in the order of the language, those in `first` before the others.
pub fn in_order(
    locale: Locale,
    countries: impl IntoIterator<Item = Country>,
    first: impl Fn(Country) -> bool,
) -> Vec<Country> {
    let mut countries: Vec<Country> = countries.into_iter().collect();
    countries.sort_by_cached_key(|country| (!first(*country), country.order(language(locale))));
    countries
}

/// The name of a country; `None` if the database does not know it.
pub fn place(locale: Locale, place: Option<Country>) -> &'static str {
    match place {
        Some(place) => country(locale, place),
        None => td_string!(locale, security.shut_out.unknown),
    }
}

/// What to allow so that WhatsApp's servers are let in.
pub fn to_add(locale: Locale, shut_out: &ShutOut) -> String {
    let countries = in_order(locale, shut_out.countries.iter().copied(), |_| false);
    let names = countries.into_iter().map(|one| country(locale, one));
    let unknown = shut_out.unknown.then(|| place(locale, None));
    let list = names.chain(unknown).collect::<Vec<_>>().join(", ");
    td_string!(locale, security.shut_out.add, list = list)
}

pub fn door(locale: Locale, door: Door) -> &'static str {
    match door {
        Door::Console => td_string!(locale, security.door.console),
        Door::Api => td_string!(locale, security.door.api),
        Door::Files => td_string!(locale, security.door.files),
        Door::Webhooks => td_string!(locale, security.door.webhooks),
    }
}

/// Who comes in by a door, in one sentence.
pub fn door_text(locale: Locale, door: Door) -> &'static str {
    match door {
        Door::Console => td_string!(locale, security.door.console_text),
        Door::Api => td_string!(locale, security.door.api_text),
        Door::Files => td_string!(locale, security.door.files_text),
        Door::Webhooks => td_string!(locale, security.door.webhooks_text),
    }
}

/// Why an uploaded file is rejected, and what to do.
pub fn unfit(locale: Locale, why: Unfit) -> &'static str {
    match why {
        Unfit::Missing => td_string!(locale, security.unfit.missing),
        Unfit::TooLarge => td_string!(locale, security.unfit.too_large),
        Unfit::Packed => td_string!(locale, security.unfit.packed),
        Unfit::Unreadable => td_string!(locale, security.unfit.unreadable),
        Unfit::NoCountries => td_string!(locale, security.unfit.no_countries),
    }
}

/// Title, text and advice for a visitor whose country is refused.
pub fn country_refused(locale: Locale, address: IpAddr) -> [String; 3] {
    [
        td_string!(locale, security.refused.title).to_owned(),
        td_string!(locale, security.refused.text, address = address),
        td_string!(locale, security.refused.what_to_do).to_owned(),
    ]
}
