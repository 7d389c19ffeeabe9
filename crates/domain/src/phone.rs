//! Phone numbers as people write them on forms: E.164, kept as `+` and digits.

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
    /// Accepts the spaces, dashes, dots and brackets that people put between digits, and `00` for `+`.
    pub fn parse(text: &str) -> Result<Self, NotAPhoneNumber> {
        let text = text.trim();
        let rest = text
            .strip_prefix('+')
            .or_else(|| text.strip_prefix("00"))
            .ok_or(NotAPhoneNumber)?;
        let mut digits = String::with_capacity(16);
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/' => {}
                _ => return Err(NotAPhoneNumber),
            }
        }
        if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
            return Err(NotAPhoneNumber);
        }
        Ok(Self(format!("+{digits}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, as Meta's `wa_id` has them.
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

/// Digits grouped for reading: `+420 777 123 456`. Anything that is not `+` and digits comes back as it is.
pub fn grouped(number: &str) -> String {
    let Some(digits) = number
        .strip_prefix('+')
        .filter(|d| d.bytes().all(|b| b.is_ascii_digit()))
    else {
        return number.to_owned();
    };
    let country = if digits.starts_with('1') || digits.starts_with('7') {
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
    };
    let (country, rest) = digits.split_at(country.min(digits.len()));
    let mut text = format!("+{country}");
    for (i, digit) in rest.chars().enumerate() {
        // A last group of four reads better than a lone digit.
        if i % 3 == 0 && rest.len() - i > 1 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The key under which a `wa_id` is looked up. WhatsApp writes the same mobile of Brazil with and without a ninth
/// digit, of Argentina with 549 and 54, of Mexico with 521 and 52: all forms get the same key.
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
        ] {
            assert_eq!(
                PhoneNumber::parse(typed).unwrap().as_str(),
                "+420777123456",
                "{typed}"
            );
        }
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
