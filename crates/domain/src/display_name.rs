//! A customer's name, made safe to show. Customers choose it themselves, and Meta passes on whatever they choose,
//! including characters that reverse the text around them and names without any visible character.

/// Maximum number of characters of a name; rows truncate earlier.
const MAX: usize = 200;

/// The name without characters that could harm the text around it; `None` if no visible character remains.
pub fn shown(name: &str) -> Option<String> {
    let harmless = name.chars().map(|c| if c.is_control() { ' ' } else { c });
    let harmless: String = harmless.filter(|&c| !turns(c)).take(MAX).collect();
    let words: Vec<_> = harmless.split_whitespace().collect();
    let name = words.join(" ");
    name.chars().any(can_be_seen).then_some(name)
}

/// Marks, embeddings, overrides and isolates of bidirectional text, whose effect reaches beyond the name.
/// <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Neither blank nor ignored in rendering. Characters that only modify their neighbours (accents, joiners, emoji
/// variation selectors) may be part of a name, but do not make one by themselves.
/// <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>
pub(crate) fn can_be_seen(c: char) -> bool {
    let nothing = c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
    !nothing
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_name_stays_as_it_was_chosen() {
        for name in [
            "Čeněk Dvořák",
            "🌻 Eva",
            "山田太郎",
            "محمد",
            "O'Brien",
            "👩‍👩‍👧",
            "นภา",
            "4711",
        ] {
            assert_eq!(shown(name).as_deref(), Some(name), "{name}");
        }
        assert_eq!(shown("  Eva \n  Malá\t").as_deref(), Some("Eva Malá"));
    }

    #[test]
    fn nothing_turns_the_text_around_it() {
        assert_eq!(shown("Eva \u{202e}gpj.exe").as_deref(), Some("Eva gpj.exe"));
        assert_eq!(shown("\u{2067}Eva\u{2069}\u{200f}").as_deref(), Some("Eva"));
        assert_eq!(shown("Eva\u{0}\u{1b}[31m").as_deref(), Some("Eva [31m"));
    }

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        for name in [
            "",
            "   ",
            "\u{3164}",
            "\u{200b}\u{2060}\u{feff}",
            "\u{202e}",
            "\u{2800}\u{2800}",
            "\u{ffa0}\u{115f}",
            "\u{300}\u{301}",
            "\u{200d}\u{fe0f}",
            "\u{e0041}\u{e0042}",
            "\u{ad}",
            "\u{0}\n\u{a0}",
        ] {
            assert_eq!(shown(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_name_has_an_end() {
        assert_eq!(shown(&"a".repeat(100_000)).unwrap().len(), 200);
        assert_eq!(
            shown(&format!("{}Eva", "\u{202e}".repeat(100_000))).as_deref(),
            Some("Eva")
        );
    }
}
