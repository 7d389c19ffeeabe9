//! How customers are found: by prefixes of the words of a name, and by either end of a number.

use crate::{
    phone::{calling_code_len, same_customer_key},
    search::fold::{self, MAX_WORD, backwards, is_number},
};
use std::collections::BTreeSet;

/// Maximum number of words that a contact chose, and of the company's own name; also bounds the text of a search.
const MAX_WORDS: usize = 16;
const MAX_SOUGHT: usize = 8;

/// Every name of a contact: it is found by each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// The company's own.
    pub alias: Option<&'a str>,
    pub profile: Option<&'a str>,
    pub username: Option<&'a str>,
}

/// The search words of a contact. A change to this function that gives the same contact other words needs a migration
/// that rebuilds them.
pub fn words(names: Names<'_>, wa_id: Option<&str>) -> BTreeSet<String> {
    let told = [names.profile, names.username].into_iter().flatten();
    let mut words: BTreeSet<_> = told.flat_map(folded).take(MAX_WORDS).collect();
    // Whatever a customer chose crowds out nothing of the company's own name.
    words.extend(names.alias.into_iter().flat_map(folded).take(MAX_WORDS));
    if let Some(digits) = wa_id.filter(|digits| is_number(digits)) {
        let digits: String = digits.chars().take(MAX_WORD - 1).collect();
        let national = &digits[calling_code_len(&digits).min(digits.len())..];
        words.extend([
            digits.clone(),
            same_customer_key(&digits),
            national.to_owned(),
            backwards(&digits),
        ]);
    }
    words.remove("");
    words
}

/// The search terms: for each entry, one of its alternatives must be a prefix of one of the contact's words. `None` if
/// the search is empty; no entries if no contact can match.
pub fn sought(text: &str) -> Option<Vec<Vec<String>>> {
    if text.trim().is_empty() {
        return None;
    }
    let mut sought: Vec<Vec<String>> = Vec::new();
    let mut number = String::new();
    // Adjacent groups of digits are one number, however they are grouped.
    for word in folded(text).take(MAX_SOUGHT) {
        if is_number(&word) {
            number.push_str(&word);
            continue;
        }
        if !number.is_empty() {
            sought.push(numbers(&std::mem::take(&mut number)));
        }
        sought.push(vec![word]);
    }
    if !number.is_empty() {
        sought.push(numbers(&number));
    }
    Some(sought)
}

/// The forms that a typed number may be a prefix of.
fn numbers(digits: &str) -> Vec<String> {
    let digits: String = digits.chars().take(MAX_WORD - 1).collect();
    // `00` stands for `+`; a single zero is the trunk prefix of a national number.
    let called = digits.strip_prefix("00").or_else(|| digits.strip_prefix('0'));
    let called = called.filter(|called| !called.is_empty());
    let mut all = BTreeSet::from([backwards(&digits), same_customer_key(&digits)]);
    all.extend(called.map(str::to_owned));
    all.insert(digits);
    all.into_iter().collect()
}

/// The words of a name. Text beyond a certain length is ignored: nobody searches for it.
fn folded(text: &str) -> impl Iterator<Item = String> {
    let words = fold::words(text, MAX_WORDS * MAX_WORD * 4);
    words.into_iter().map(|word| word.folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(profile: Option<&str>, username: Option<&str>, wa_id: Option<&str>) -> BTreeSet<String> {
        let names = Names {
            alias: None,
            profile,
            username,
        };
        super::words(names, wa_id)
    }

    /// Matches as the database does.
    fn finds(text: &str, words: &BTreeSet<String>) -> bool {
        let sought = sought(text).expect("something is looked for");
        let begins = |starts: &Vec<String>| {
            starts
                .iter()
                .any(|start| words.iter().any(|word| word.starts_with(start)))
        };
        !sought.is_empty() && sought.iter().all(begins)
    }

    #[test]
    fn names_are_found_without_accents_and_case() {
        let cenek = words(Some("Čeněk Dvořák"), Some("cenda.77"), Some("420777123456"));
        for text in [
            "cenek",
            "ČENĚK",
            "Čen",
            "dvorak",
            "DVOŘ",
            "dvorak cenek",
            "cenda",
            "@cenda.77",
            "Cenda 77",
        ] {
            assert!(finds(text, &cenek), "{text}");
        }
        for text in ["vorak", "cenek novak", "cenek eva", "?!", "🌻"] {
            assert!(!finds(text, &cenek), "{text}");
        }
        for (name, text) in [
            ("Řehoř", "Řeh"),
            ("Řehoř", "reh"),
            ("Strauß", "STRAUSS"),
            ("Łukasz Øre", "lukasz ore"),
            ("O'Brien", "obrien"),
            ("O’Brien", "o'brien"),
            ("İbrahim Işık", "ibrahim isik"),
            ("ＦＵＬＬ width", "full"),
            ("🌻Eva", "eva"),
            ("🌻Eva", "🌻"),
            ("Čeněk", "Če\u{30c}nek"),
            ("Jana-Marie", "marie"),
        ] {
            assert!(finds(text, &words(Some(name), None, None)), "{name} by {text}");
        }
    }

    #[test]
    fn a_name_of_our_own_is_found_beside_the_others() {
        let names = Names {
            alias: Some("Truhlářství Malá"),
            profile: Some("🌻 Eva"),
            username: Some("eva.77"),
        };
        let eva = super::words(names, None);
        for text in ["truhlarstvi", "mala eva", "eva", "@eva.77"] {
            assert!(finds(text, &eva), "{text}");
        }
        let long = "a b c d e f g h i j k l m n o p q r s t";
        let names = Names {
            alias: Some("Malá"),
            profile: Some(long),
            username: None,
        };
        assert!(finds("mala", &super::words(names, None)));
    }

    #[test]
    fn numbers_are_found_in_any_spelling() {
        let cenek = words(Some("Čeněk"), None, Some("420777123456"));
        for text in [
            "420777123456",
            "+420 777 123 456",
            "00420 777 123 456",
            "777 123 456",
            "777-123-456",
            "(777) 123.456",
            "\u{202a}+420\u{a0}777\u{a0}123\u{a0}456\u{202c}",
            "777",
            "3456",
            "456",
            "0777123456",
            "Čeněk 777 123 456",
            "777 123 456 čeněk",
        ] {
            assert!(finds(text, &cenek), "{text}");
        }
        for text in ["778", "999", "7771234567"] {
            assert!(!finds(text, &cenek), "{text}");
        }
        // The same Brazilian mobile number in both its forms.
        assert!(finds(
            "+55 11 98765-4321",
            &words(None, None, Some("551187654321"))
        ));
        assert!(finds("551187654321", &words(None, None, Some("5511987654321"))));
    }

    #[test]
    fn nothing_to_look_for_is_not_looked_for() {
        assert_eq!(sought("  \u{a0}"), None);
        assert_eq!(sought("?"), Some(vec![]));
    }

    proptest! {
        #[test]
        fn a_contact_is_found_by_its_own_name(name in "\\PC{1,60}", other in "[a-z]{3} ?[0-9]{0,9}") {
            let known = words(Some(&name), Some(&other), None);
            if sought(&name).is_some_and(|sought| !sought.is_empty() && known.len() < MAX_WORDS) {
                // Adjacent groups of digits are searched as one number.
                let joined = folded(&name).filter(|word| is_number(word)).count() > 1;
                prop_assert!(joined || finds(&name, &known), "{name:?}: {known:?}");
            }
        }

        #[test]
        fn however_long_it_is_it_has_an_end(text in "\\PC{0,3000}", wa_id in "[0-9]{0,80}") {
            let names = Names {
                alias: Some(&text),
                profile: Some(&text),
                username: Some(&text),
            };
            let words = super::words(names, Some(&wa_id));
            prop_assert!(words.len() <= 2 * MAX_WORDS + 4);
            let sought = sought(&text).unwrap_or_default();
            prop_assert!(sought.len() <= MAX_SOUGHT);
            let all = words.iter().chain(sought.iter().flatten());
            for word in all {
                prop_assert!(word.chars().count() <= MAX_WORD, "{word}");
            }
        }
    }
}
