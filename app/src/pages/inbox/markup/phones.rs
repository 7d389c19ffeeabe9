//! Phone numbers in a text. Anything doubtful stays text: a link that dials an order number, or a part of a number, is
//! worse than no link.

use domain::phone::calling_code_len;

/// E.164.
const MIN: usize = 8;
const MAX: usize = 15;
/// With this many digits a number is complete, if its country's numbers differ in length.
const ENOUGH: usize = 12;
/// With `00` in front, a number of such a country has at least this many digits.
const ENOUGH_TO_TELL: usize = 10;

/// Calling codes of countries in which all numbers have one length, and that length, which includes the calling code:
/// further digits are something else.
const ONE_LENGTH: [(&str, usize); 13] = [
    ("1", 11),
    ("7", 11),
    ("31", 11),
    ("33", 11),
    ("34", 11),
    ("41", 11),
    ("45", 10),
    ("47", 10),
    ("48", 11),
    ("351", 12),
    ("380", 12),
    ("420", 12),
    ("421", 12),
];

/// The separators between the digits of one number.
const GAPS: [&str; 10] = [" - ", " – ", " / ", " ", "\u{a0}", "-", "\u{2011}", "–", ".", "/"];

/// A phone number that starts at this place: its length in the text, and the address that dials it.
pub fn phone(text: &str, at: usize) -> Option<(usize, String)> {
    let (before, rest) = text.split_at(at);
    let last = before.chars().next_back();
    if !rest.starts_with(|c: char| c == '+' || c.is_ascii_digit()) || last.is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    let (length, dialled) = after_plus(rest)
        .or_else(|| after_zeros(rest).filter(|_| !goes_on(before)))
        .or_else(|| in_threes(rest).filter(|_| !goes_on(before)))?;
    (!counts(before, &rest[length..])).then(|| (length, format!("tel:{dialled}")))
}

/// `+420 777 123 456`
fn after_plus(rest: &str) -> Option<(usize, String)> {
    let number = International::read(rest.strip_prefix('+')?)?;
    let whole = one_length(&number.digits).is_none_or(|length| number.digits.len() == length);
    let fits = whole && (MIN..=MAX).contains(&number.digits.len());
    fits.then(|| (1 + number.length, format!("+{}", number.digits)))
}

/// `00420 777 123 456`. Without gaps it may also be the number of a parcel or of an article, unless it is exactly as
/// long as the country's numbers; the numbers of `1` and `7` have too few digits to tell.
fn after_zeros(rest: &str) -> Option<(usize, String)> {
    let number = International::read(rest.strip_prefix("00")?)?;
    let digits = &number.digits;
    let fits = match one_length(digits) {
        Some(length) => digits.len() == length && (number.groups > 1 || calling_code_len(digits) > 1),
        None => number.groups > 1 && (ENOUGH_TO_TELL..=MAX).contains(&digits.len()),
    };
    fits.then(|| (2 + number.length, format!("+{digits}")))
}

/// `777 123 456`, with no further part of a number before or after it. No such number begins with 0 or 1.
fn in_threes(rest: &str) -> Option<(usize, String)> {
    let mut digits = String::with_capacity(9);
    let mut length = 0;
    for n in 0..3 {
        if n > 0 {
            length += ['\u{a0}', ' ']
                .into_iter()
                .find(|gap| rest[length..].starts_with(*gap))?
                .len_utf8();
        }
        let group = leading_digits(&rest[length..]);
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
        length += 3;
    }
    let after = &rest[length..];
    let mut following = after.chars();
    let ends = match (following.next(), following.next()) {
        (Some(c), _) if c.is_alphanumeric() => false,
        (Some(c), Some(next)) if " \u{a0}-–./,:".contains(c) => !next.is_ascii_digit(),
        _ => true,
    };
    (ends && !digits.starts_with(['0', '1'])).then_some((length, digits))
}

/// A number with its calling code.
struct International {
    digits: String,
    /// Its length in the text, in bytes.
    length: usize,
    groups: usize,
}

impl International {
    fn read(text: &str) -> Option<Self> {
        if !text.starts_with(|c: char| ('1'..='9').contains(&c)) {
            return None;
        }
        let mut number = Self {
            digits: String::with_capacity(MAX),
            length: 0,
            groups: 0,
        };
        while number.digits.len() < one_length(&number.digits).unwrap_or(ENOUGH)
            && let Some((digits, length)) = group(&text[number.length..], number.digits.len())
        {
            if number.digits.len() + digits.len() > MAX {
                return None;
            }
            number.digits.push_str(digits);
            number.length += length;
            number.groups += 1;
        }
        Some(number)
    }
}

/// The next digits that belong to a number, and where they end; `before` of its digits have been read.
fn group(rest: &str, before: usize) -> Option<(&str, usize)> {
    let gap = match before {
        0 => 0,
        _ => GAPS
            .into_iter()
            .find(|gap| rest.starts_with(gap))
            .map_or(0, str::len),
    };
    let rest = &rest[gap..];
    // `+1 (555) 000-1234`, `+44 (0)20 …`: brackets contain the leading digits of the number, or something else.
    if let Some(inner) = rest.strip_prefix('(') {
        let digits = leading_digits(inner);
        let leads = (1..=3).contains(&before)
            && (1..=4).contains(&digits.len())
            && inner[digits.len()..].starts_with(')');
        // The zero is dialled only inside the country.
        return leads.then(|| (if digits == "0" { "" } else { digits }, gap + digits.len() + 2));
    }
    let digits = leading_digits(rest);
    let mut after = rest[digits.len()..].chars();
    let of_a_word = match (after.next(), after.next()) {
        (Some(':'), Some(next)) => next.is_ascii_digit(),
        (Some(next), _) => next.is_alphanumeric(),
        (None, _) => false,
    };
    // A single digit after a number, as in `2 ks`, does not belong to it.
    let alone = digits.len() == 1 && before >= MIN;
    (!digits.is_empty() && !of_a_word && !alone).then_some((digits, gap + digits.len()))
}

fn leading_digits(text: &str) -> &str {
    // One digit more than any number has is enough to rule a number out.
    let end = text.bytes().take(MAX + 1).take_while(u8::is_ascii_digit).count();
    &text[..end]
}

fn one_length(digits: &str) -> Option<usize> {
    let code = digits.get(..calling_code_len(digits))?;
    let known = ONE_LENGTH.into_iter().find(|(known, _)| *known == code);
    known.map(|(_, length)| length)
}

/// Whether the digits here continue digits before them.
fn goes_on(before: &str) -> bool {
    let mut back = before.chars().rev();
    match back.next() {
        Some('+') => true,
        Some(c) if " \u{a0}-–./,:".contains(c) => back.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

/// Whether it is an amount or the number of something: `€ 777 123 456`, `777 123 456 Kč`, `#777 123 456`.
fn counts(before: &str, after: &str) -> bool {
    const BEFORE: [char; 4] = ['$', '€', '£', '#'];
    const AFTER: [&str; 12] = [
        "kč", "kc", "czk", "eur", "usd", "€", "$", "£", "%", ",-", ",–", "ks",
    ];
    let space = [' ', '\u{a0}'];
    let after: String = after
        .trim_start_matches(space)
        .chars()
        .take(4)
        .flat_map(char::to_lowercase)
        .collect();
    before.trim_end_matches(space).ends_with(BEFORE) || AFTER.iter().any(|unit| after.starts_with(unit))
}

#[cfg(test)]
mod tests {
    use super::phone;

    /// The first number in a text, and what it dials.
    fn found(text: &str) -> Option<(&str, String)> {
        let mut places = text.char_indices().map(|(at, _)| at);
        places.find_map(|at| phone(text, at).map(|(length, dials)| (&text[at..at + length], dials)))
    }

    #[test]
    fn numbers_are_found_in_many_spellings() {
        for (written, dials) in [
            ("+420777123456", "+420777123456"),
            ("+420 777 123 456", "+420777123456"),
            ("+420\u{a0}777\u{a0}123\u{a0}456", "+420777123456"),
            ("+420-777-123-456", "+420777123456"),
            ("+420 777 - 123 - 456", "+420777123456"),
            ("+420 (777) 123 456", "+420777123456"),
            ("+420 777 12 34 56", "+420777123456"),
            ("+421 905 123 456", "+421905123456"),
            ("+1 (555) 000-1234", "+15550001234"),
            ("+44 (0)20 7946 0958", "+442079460958"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+49 171 1234567", "+491711234567"),
            ("+49 1511 234 56 78", "+4915112345678"),
            ("+43 664 123 45 67", "+436641234567"),
            ("+33 6 12 34 56 78", "+33612345678"),
            ("+45 20 12 34 56", "+4520123456"),
            ("00420777123456", "+420777123456"),
            ("00420 777 123 456", "+420777123456"),
            ("0049 171 1234567", "+491711234567"),
            ("001 212 555 0123", "+12125550123"),
            ("777 123 456", "777123456"),
            ("777\u{a0}123\u{a0}456", "777123456"),
            ("222 333 444", "222333444"),
        ] {
            for text in [
                written.to_owned(),
                format!("Volejte {written}."),
                format!("({written})"),
                format!("{written}, díky"),
                format!("{written}\n15 lidí"),
                format!("tel.:{written} (15:00)"),
                format!("{written} po 15:00"),
            ] {
                assert_eq!(found(&text), Some((written, format!("tel:{dials}"))), "{text:?}");
            }
        }
    }

    #[test]
    fn what_follows_a_number_is_no_part_of_it() {
        let number = "+420 777 123 456";
        for after in [
            " (15:00)",
            " 2 ks",
            " 15:00",
            " 12 lidí",
            " 777 123 457",
            "/457",
            "-8",
            ".5",
            " 1. patro",
        ] {
            let text = format!("{number}{after}");
            assert_eq!(
                found(&text),
                Some((number, "tel:+420777123456".to_owned())),
                "{text}"
            );
        }
        for (text, written) in [
            ("+45 20 12 34 56 12 ks", "+45 20 12 34 56"),
            ("+49 30 123456 (15)", "+49 30 123456"),
            ("+49 30 123456 15:00", "+49 30 123456"),
            ("+49 30 123456 2 ks", "+49 30 123456"),
            ("+49 30 1234567. 15 lidí", "+49 30 1234567"),
        ] {
            assert_eq!(found(text).map(|(written, _)| written), Some(written), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "777123456",
            "12 777 123 456",
            "777 123 456 789",
            "1 777 123 456",
            "777 123 456/0800",
            "19-777 123 456",
            "777 123 456 Kč",
            "777 123 456,-",
            "777 123 456,50",
            "€ 777 123 456",
            "#777 123 456",
            "123 456 789",
            "000 123 456",
            "777 123 4567",
            "7777 123 456",
            "777 123 456x",
            "x777 123 456",
            "777 123",
            "777.123.456",
            "777-123-456",
            "CZ65 0800 0000 1920 0014 5399",
            "DE89 370 400 440",
            "15. 3. 2026 777 123 456",
            "00123456789012",
            "0012125550123",
            "00340434161094015902",
            "0042077712345",
            "2.00420777123456",
            "+50 000 000 Kč",
            "+420 777 123",
            "+4207771234567",
            "+0777123456",
            "+777 123 456",
            "2+420777123456",
            "+420777123456x",
            "+1",
            "1+1=2",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
