//! Phone numbers as people write them on forms: E.164, kept as `+` and digits.

use crate::form::is_invisible;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A phone number such as `+420777123456`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Not `+`, a country code and a number: 8 to 15 digits in all (E.164).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an international phone number")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    /// Parses a number with its country code: after `+`, after `00`, or, if the number is long enough to have one,
    /// alone.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] also when the country is missing.
    pub fn parse(text: &str) -> Result<Self, NotAPhoneNumber> {
        Self::parse_in(text, None)
    }

    /// Like [`PhoneNumber::parse`], but a number without a country code gets `country`, a calling code.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`]
    pub fn parse_in(text: &str, country: Option<&str>) -> Result<Self, NotAPhoneNumber> {
        // In `+44 (0)20 …` the zero is for calls within the country.
        let text = text.replace("(0)", "");
        let mut plus = false;
        let mut typed = String::with_capacity(16);
        for c in text.chars() {
            match c {
                '0'..='9' => typed.push(c),
                '+' | '＋' if typed.is_empty() && !plus => plus = true,
                '-' | '.' | '(' | ')' | '/' | '‐' | '‑' | '–' | '—' => {}
                c if c.is_whitespace() || is_invisible(c) => {}
                _ => return Err(NotAPhoneNumber),
            }
        }
        let digits = match (plus, typed.strip_prefix("00")) {
            (true, _) => typed,
            (false, Some(rest)) => rest.to_owned(),
            (false, None) => with_country(&typed, country)?,
        };
        if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
            return Err(NotAPhoneNumber);
        }
        Ok(Self(format!("+{digits}")))
    }

    /// Its country's calling code, such as `420`.
    pub fn calling_code(&self) -> &str {
        let digits = self.digits();
        &digits[..calling_code_len(digits)]
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without `+`, as in Meta's `wa_id`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NotAPhoneNumber;
    fn try_from(text: String) -> Result<Self, NotAPhoneNumber> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> String {
        number.0
    }
}

/// The minimum length of a national number. With the country code, it tells a whole number from a part of one.
const MIN_NATIONAL: usize = 8;

/// The maximum length of a national number of this country. A longer number already has a country code.
fn national_most(code: &str) -> usize {
    match code.len() {
        2 => 11,
        _ => 10,
    }
}

/// Adds the calling code unless it is there already.
fn with_country(digits: &str, country: Option<&str>) -> Result<String, NotAPhoneNumber> {
    let is_whole = match country {
        Some(code) => {
            let of_this = digits.starts_with(code) && digits.len() >= code.len() + MIN_NATIONAL;
            of_this || digits.len() > national_most(code) && !digits.starts_with('0')
        }
        // No country has national numbers this long.
        None => digits.len() > 10,
    };
    match country {
        _ if is_whole => Ok(digits.to_owned()),
        // Italy keeps the zero that other countries put before a national number.
        Some("39") => Ok(format!("39{digits}")),
        Some(code) => Ok(format!("{code}{}", digits.strip_prefix('0').unwrap_or(digits))),
        None => Err(NotAPhoneNumber),
    }
}

/// Digits grouped for reading: `+420 777 123 456`. Input that is not `+` and digits is returned unchanged.
pub fn grouped(number: &str) -> String {
    let Some(digits) = number
        .strip_prefix('+')
        .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
    else {
        return number.to_owned();
    };
    let (country, rest) = digits.split_at(calling_code_len(digits).min(digits.len()));
    let mut text = format!("+{country}");
    for (i, digit) in rest.chars().enumerate() {
        // A last group of four is easier to read than a single digit.
        if i % 3 == 0 && rest.len() - i > 1 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The length of the calling code of an international number.
pub fn calling_code_len(digits: &str) -> usize {
    if digits.starts_with('1') || digits.starts_with('7') {
        1
    } else if matches!(
        digits.get(..2),
        Some(
            "20" | "27"
                | "30"
                | "31"
                | "32"
                | "33"
                | "34"
                | "36"
                | "39"
                | "40"
                | "41"
                | "43"
                | "44"
                | "45"
                | "46"
                | "47"
                | "48"
                | "49"
                | "51"
                | "52"
                | "53"
                | "54"
                | "55"
                | "56"
                | "57"
                | "58"
                | "60"
                | "61"
                | "62"
                | "63"
                | "64"
                | "65"
                | "66"
                | "81"
                | "82"
                | "84"
                | "86"
                | "90"
                | "91"
                | "92"
                | "93"
                | "94"
                | "95"
                | "98"
        )
    ) {
        2
    } else {
        3
    }
}

/// The key for looking up a `wa_id`. WhatsApp writes the same Brazilian mobile number with and without a ninth digit,
/// an Argentine one with 549 and 54, a Mexican one with 521 and 52: all forms get the same key.
pub fn same_customer_key(wa_id: &str) -> String {
    let without = |at: usize| format!("{}{}", &wa_id[..at], &wa_id[at + 1..]);
    if !wa_id.bytes().all(|b| b.is_ascii_digit()) || wa_id.len() != 13 {
        wa_id.to_owned()
    } else if wa_id.starts_with("549") || wa_id.starts_with("521") {
        without(2)
    } else if wa_id.starts_with("55") && wa_id.as_bytes()[4] == b'9' {
        without(4)
    } else {
        wa_id.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_e164() {
        for typed in [
            "+420777123456",
            " +420 777 123 456 ",
            "00420-777-123-456",
            "+420 (777) 123.456",
            "420777123456",
            "420 777 123 456",
            "\u{202a}+420 777 123 456\u{202c}",
            "\u{feff}+420\u{a0}777\u{202f}123\u{2009}456\n",
            "+420 777–123–456",
        ] {
            assert_eq!(
                PhoneNumber::parse(typed).unwrap().as_str(),
                "+420777123456",
                "{typed}"
            );
        }
    }

    #[test]
    fn a_number_without_its_country_is_one_of_the_channels() {
        for (typed, country, number) in [
            ("777 123 456", "420", "+420777123456"),
            ("420777123456", "420", "+420777123456"),
            ("+421 905 123 456", "420", "+421905123456"),
            ("00421905123456", "420", "+421905123456"),
            ("421905123456", "420", "+421905123456"),
            ("421 905 123 456", "420", "+421905123456"),
            ("491711234567", "420", "+491711234567"),
            ("0171 1234567", "49", "+491711234567"),
            ("0151 12345678", "49", "+4915112345678"),
            ("48 600 123 456", "420", "+48600123456"),
            ("420777123456", "49", "+420777123456"),
            ("420777123456", "1", "+420777123456"),
            ("11 98765 4321", "55", "+5511987654321"),
            ("06 1234 5678", "39", "+390612345678"),
            ("+44 (0)20 7946 0958", "420", "+442079460958"),
            ("20 12 34 56", "45", "+4520123456"),
            ("4520123456", "45", "+4520123456"),
            ("555 000 1234", "1", "+15550001234"),
        ] {
            let parsed = PhoneNumber::parse_in(typed, Some(country));
            assert_eq!(parsed.unwrap().as_str(), number, "{typed} in {country}");
        }
        assert_eq!(PhoneNumber::parse_in("12", Some("420")), Err(NotAPhoneNumber));
        let czech = PhoneNumber::parse("+420777123456").unwrap();
        assert_eq!(czech.calling_code(), "420");
        assert_eq!(PhoneNumber::parse("+15550001234").unwrap().calling_code(), "1");
    }

    #[test]
    fn what_is_not_international_is_refused() {
        for typed in [
            "",
            "777123456",
            "+",
            "+420",
            "+0777123456",
            "+420777123456789012",
            "+42077712345x",
        ] {
            assert_eq!(PhoneNumber::parse(typed), Err(NotAPhoneNumber), "{typed}");
        }
    }

    #[test]
    fn the_forms_of_one_number_meet() {
        for (long, short) in [
            ("5511987654321", "551187654321"),
            ("5491123456789", "541123456789"),
            ("5215512345678", "525512345678"),
        ] {
            assert_eq!(same_customer_key(long), short);
            assert_eq!(same_customer_key(short), short);
        }
        assert_eq!(same_customer_key("420777123456"), "420777123456");
    }

    #[test]
    fn numbers_are_grouped_for_reading() {
        assert_eq!(grouped("+420777123456"), "+420 777 123 456");
        assert_eq!(grouped("+15550001234"), "+1 555 000 1234");
        assert_eq!(grouped("CZ.abc"), "CZ.abc");
    }
}
