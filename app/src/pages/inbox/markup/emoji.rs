//! Whether a text is nothing but a few emoji, which are shown large, as WhatsApp does.

/// A text of more emoji is shown like any other.
const MAX: usize = 3;

/// Whether a text is one emoji, or two or three.
pub fn alone(text: &str) -> bool {
    let mut count = 0;
    let mut joined = false;
    let mut flag_half = false;
    let mut before = None;
    for c in text.trim().chars() {
        match c {
            // Modifiers of the character before: colour, skin tone, keycap, letters of a region's flag.
            '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}' if before.is_some() => {}
            '\u{20E3}' if before.is_some() => {}
            '\u{200D}' if before.is_some() => joined = true,
            '\u{1F1E6}'..='\u{1F1FF}' => {
                flag_half = !flag_half;
                count += usize::from(flag_half);
            }
            '0'..='9' | '#' | '*' if is_key(text, c) => count += 1,
            c if is_emoji(c) => {
                count += usize::from(!joined);
                joined = false;
            }
            _ => return false,
        }
        before = Some(c);
    }
    (1..=MAX).contains(&count) && !flag_half
}

/// A digit is an emoji only as a keycap.
fn is_key(text: &str, digit: char) -> bool {
    let framed = [format!("{digit}\u{FE0F}\u{20E3}"), format!("{digit}\u{20E3}")];
    framed.iter().any(|framed| text.contains(framed.as_str()))
        && text.matches(digit).count() == text.matches('\u{20E3}').count()
}

/// The blocks in which emoji stand: <https://www.unicode.org/Public/emoji/latest/>
fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
            | '\u{2194}'..='\u{21AA}'
            | '\u{231A}'..='\u{23FF}'
            | '\u{25AA}'..='\u{27BF}'
            | '\u{2934}'..='\u{2935}'
            | '\u{2B05}'..='\u{2B55}'
            | '\u{1F000}'..='\u{1FAFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::alone;

    #[test]
    fn one_to_three_emoji_are_large_and_a_text_is_not() {
        for large in ["👍", " ❤️ ", "👍🏽", "👨‍👩‍👧‍👦", "🇨🇿", "🇨🇿🇸🇰", "🎉🎉🎉", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☕"]
        {
            assert!(alone(large), "{large}");
        }
        for text in [
            "",
            "ok",
            "👍 ok",
            "🎉🎉🎉🎉",
            "1",
            "*",
            "🇨",
            "\u{FE0F}",
            "\u{200D}",
            "…",
            "12",
        ] {
            assert!(!alone(text), "{text:?}");
        }
    }
}
