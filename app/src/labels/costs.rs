//! Money, months, and Meta's categories.

use super::countries;
use crate::i18n::*;
use domain::{
    cost::{Category, Charge, Currency, Month, decimal},
    countries::Country,
};

pub fn month(locale: Locale, month: Month) -> String {
    let year = month.year();
    match month.number() {
        1 => td_string!(locale, costs.name.m1, year = year),
        2 => td_string!(locale, costs.name.m2, year = year),
        3 => td_string!(locale, costs.name.m3, year = year),
        4 => td_string!(locale, costs.name.m4, year = year),
        5 => td_string!(locale, costs.name.m5, year = year),
        6 => td_string!(locale, costs.name.m6, year = year),
        7 => td_string!(locale, costs.name.m7, year = year),
        8 => td_string!(locale, costs.name.m8, year = year),
        9 => td_string!(locale, costs.name.m9, year = year),
        10 => td_string!(locale, costs.name.m10, year = year),
        11 => td_string!(locale, costs.name.m11, year = year),
        _ => td_string!(locale, costs.name.m12, year = year),
    }
}

/// An amount with at least two decimals, and as many more as it has.
pub fn money(locale: Locale, micros: i64, currency: &Currency) -> String {
    let text = decimal(micros);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (group, point) = match locale {
        Locale::en => (',', '.'),
        Locale::cs => ('\u{a0}', ','),
    };
    let mut grouped = String::with_capacity(whole.len() + 4);
    for (at, digit) in whole.char_indices() {
        let left = whole.len() - at;
        if at > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(group);
        }
        grouped.push(digit);
    }
    format!("{grouped}{point}{part:0<2}\u{a0}{currency}")
}

pub fn country(locale: Locale, country: Option<Country>) -> &'static str {
    match country {
        Some(country) => countries::country(locale, country),
        None => td_string!(locale, costs.unknown),
    }
}

pub fn category(locale: Locale, category: Category) -> &'static str {
    match category {
        Category::Marketing => td_string!(locale, costs.category.marketing),
        Category::MarketingLite => td_string!(locale, costs.category.marketing_lite),
        Category::Utility => td_string!(locale, costs.category.utility),
        Category::Authentication => td_string!(locale, costs.category.authentication),
        Category::AuthenticationInternational => {
            td_string!(locale, costs.category.authentication_international)
        }
        Category::Service => td_string!(locale, costs.category.service),
        Category::ReferralConversion => td_string!(locale, costs.category.referral_conversion),
        Category::Unknown => td_string!(locale, costs.category.unknown),
    }
}

/// Whether it is charged, in a word.
pub fn charge(locale: Locale, charge: Charge) -> &'static str {
    match charge {
        Charge::Billable => td_string!(locale, costs.charge.billable),
        Charge::Free => td_string!(locale, costs.charge.free),
        Charge::FreeEntryPoint => td_string!(locale, costs.charge.free_entry_point),
        Charge::Unknown => td_string!(locale, costs.charge.unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_its_readers_write_it() {
        let euro: Currency = "EUR".parse().unwrap();
        for (micros, english, czech) in [
            (0, "0.00\u{a0}EUR", "0,00\u{a0}EUR"),
            (17_500, "0.0175\u{a0}EUR", "0,0175\u{a0}EUR"),
            (
                1_234_567_500_000,
                "1,234,567.50\u{a0}EUR",
                "1\u{a0}234\u{a0}567,50\u{a0}EUR",
            ),
        ] {
            assert_eq!(money(Locale::en, micros, &euro), english);
            assert_eq!(money(Locale::cs, micros, &euro), czech);
        }
    }
}
