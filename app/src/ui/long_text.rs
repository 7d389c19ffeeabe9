//! Text of any length. The parser of a browser begins a new text node after 65,536 characters, and the live page, which
//! expects one, would not come to life.

use leptos::prelude::*;

/// The longest text node, in bytes.
const MOST: usize = 30_000;

pub fn long_text(text: String) -> AnyView {
    if text.len() <= MOST {
        return text.into_any();
    }
    let parts: Vec<String> = parts(&text).map(str::to_owned).collect();
    parts.into_any()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(rest.floor_char_boundary(MOST));
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_nothing_is_lost() {
        let text = format!("a{}", "😀".repeat(40_000));
        let cut: Vec<&str> = parts(&text).collect();
        assert!(cut.len() > 1 && cut.iter().all(|part| part.len() <= MOST));
        assert_eq!(cut.concat(), text);
        assert_eq!(parts("").count(), 0);
    }
}
