//! Colleagues who are named in a note after an `@`.

use crate::{
    ids::{LineId, SessionId, UserId},
    refs::ContactRef,
    search::fold_words,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// As many are told of, the newest first.
pub const MOST_MENTIONS: usize = 50;

/// Somebody who sees a session, so that a note there can call for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: UserId,
    pub name: String,
    /// Of their extension.
    pub number: Option<String>,
}

/// A note that calls for its reader, who has not seen it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub id: LineId,
    pub session: SessionId,
    pub contact: ContactRef,
    pub at: Timestamp,
    /// Who wrote the note.
    pub who: Option<String>,
    pub text: String,
}

/// The colleagues whose name or number stands after an `@`. Accents and case make no difference. Of `@Jana Malá`, Jana
/// is not meant; two people of the same name are both meant.
pub fn mentioned<'a>(text: &str, colleagues: &'a [Colleague]) -> Vec<&'a Colleague> {
    let names: Vec<(Vec<String>, &Colleague)> = colleagues
        .iter()
        .flat_map(|colleague| {
            let names = [Some(&colleague.name), colleague.number.as_ref()];
            names.into_iter().flatten().map(move |name| (name, colleague))
        })
        .map(|(name, colleague)| (folded(name), colleague))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    let words = fold_words(text);
    let mut found: Vec<&Colleague> = Vec::new();
    for (place, _) in words
        .iter()
        .enumerate()
        .filter(|(_, (_, at))| is_called(text, *at))
    {
        let from_here = &words[place..];
        let stands_here = |name: &[String]| {
            let mut pairs = name.iter().zip(from_here);
            name.len() <= from_here.len() && pairs.all(|(name, (word, _))| name == word)
        };
        let here = names.iter().filter(|(name, _)| stands_here(name));
        let longest = here.clone().map(|(name, _)| name.len()).max();
        for (_, colleague) in here.filter(|(name, _)| Some(name.len()) == longest) {
            if !found.iter().any(|known| known.id == colleague.id) {
                found.push(colleague);
            }
        }
    }
    found
}

fn folded(name: &str) -> Vec<String> {
    fold_words(name).into_iter().map(|(word, _)| word).collect()
}

/// Whether the word at this byte follows an `@` that is no part of an e-mail address.
fn is_called(text: &str, at: usize) -> bool {
    let before = text[..at].strip_suffix('@');
    before.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_'))
}

/// What is typed of a name before the cursor, after an `@`.
pub fn begun(before_cursor: &str) -> Option<&str> {
    let at = before_cursor.rfind('@')?;
    let typed = &before_cursor[at + 1..];
    let is_name = typed.chars().count() <= 40 && !typed.contains(['\n', '\t']) && !typed.starts_with(' ');
    (is_name && is_called(before_cursor, at + 1)).then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn colleague(id: u128, name: &str, number: Option<&str>) -> Colleague {
        Colleague {
            id: UserId::new(Uuid::from_u128(id)),
            name: name.into(),
            number: number.map(str::to_owned),
        }
    }

    #[test]
    fn a_name_or_a_number_after_an_at_calls_for_a_colleague() {
        let all = [
            colleague(1, "Jana", Some("201")),
            colleague(2, "Jana Malá", Some("202")),
            colleague(3, "Řehoř Kůň", None),
            colleague(4, "Řehoř Kůň", Some("+420 204")),
        ];
        let ids = |text: &str| {
            let found = mentioned(text, &all);
            found
                .iter()
                .map(|found| found.id.uuid().as_u128())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids("@jana, please"), [1]);
        assert_eq!(ids("Ask @JANA MALA!"), [2], "the longest name");
        assert_eq!(ids("(@rehor kun)"), [3, 4], "both of the same name");
        assert_eq!(ids("@201 and @202, @201"), [1, 2]);
        assert_eq!(ids("@+420 204"), [] as [u128; 0], "a plus is no word");
        assert_eq!(ids("@2011 @Janas @Reho"), [] as [u128; 0], "other words");
        assert_eq!(ids("info@jana.cz, a.@jana"), [] as [u128; 0], "an address");
        assert_eq!(ids("@ Jana, Jana@, @@"), [] as [u128; 0]);
        assert_eq!(ids("@@Jana"), [1]);
        assert_eq!(ids(""), [] as [u128; 0]);
    }

    #[test]
    fn a_name_is_begun_by_an_at() {
        assert_eq!(begun("Hello @"), Some(""));
        assert_eq!(begun("@Jana Ma"), Some("Jana Ma"));
        assert_eq!(begun("@Jana\nand"), None);
        assert_eq!(begun("info@ja"), None);
        assert_eq!(begun("@ "), None);
        assert_eq!(begun("nothing"), None);
        assert_eq!(begun(&format!("@{}", "a".repeat(41))), None);
    }
}
