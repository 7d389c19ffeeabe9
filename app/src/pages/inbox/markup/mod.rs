//! WhatsApp's marks in a text, `*bold* _italic_ ~strike~ ```mono``` `, lists, and web addresses, e-mail addresses and phone
//! numbers, as a tree. The tree is shown as nodes, so whatever a customer writes stays text.
//! <https://faq.whatsapp.com/539178204879377>

mod addresses;
pub mod emoji;
mod phones;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Bold(Vec<Piece>),
    Italic(Vec<Piece>),
    Strike(Vec<Piece>),
    Mono(String),
    /// An address as written, and where it leads.
    Link {
        text: String,
        href: String,
    },
}

/// The bullet before a line of a list, and the length of the typed one.
const BULLET: &str = "• ";
const BULLET_TYPED: usize = 2;
/// The maximum nesting of marks; deeper marks stay as they were typed.
const MAX_DEPTH: u8 = 4;
/// A mark whose other end is farther away than this many marks of its kind is plain text: this keeps the search from
/// being quadratic.
const MAX_MARKS_BETWEEN: usize = 100;
/// Bytes of a text in which marks are read. WhatsApp's own texts are shorter; the rest of a longer one is shown as it is.
const MAX_MARKED: usize = 16 * 1024;

/// Reads the marks of a text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let (marked, rest) = text.split_at(text.floor_char_boundary(MAX_MARKED));
    let mut pieces = read(marked, MAX_DEPTH);
    push_plain(&mut pieces, rest);
    pieces
}

/// The text without its marks, for a place that shows one line.
pub fn plain(text: &str) -> String {
    fn words(pieces: Vec<Piece>) -> String {
        let word = |piece| match piece {
            Piece::Text(text) | Piece::Mono(text) | Piece::Link { text, .. } => text,
            Piece::Bold(inner) | Piece::Italic(inner) | Piece::Strike(inner) => words(inner),
        };
        pieces.into_iter().map(word).collect()
    }
    words(pieces(text))
}

fn read(text: &str, depth: u8) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if depth == MAX_DEPTH && is_bullet(text, at) {
            push_plain(&mut pieces, &text[plain_from..at]);
            push_plain(&mut pieces, BULLET);
            at += BULLET_TYPED;
            plain_from = at;
            continue;
        }
        let found = marked(text, at, depth).or_else(|| link(text, at));
        match found {
            Some((piece, end)) => {
                push_plain(&mut pieces, &text[plain_from..at]);
                pieces.push(piece);
                at = end;
                plain_from = end;
            }
            None => at += c.len_utf8(),
        }
    }
    push_plain(&mut pieces, &text[plain_from..]);
    pieces
}

fn push_plain(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

/// Whether a line of a list begins here: `* milk`, `- milk`.
fn is_bullet(text: &str, at: usize) -> bool {
    let begins = at == 0 || text[..at].ends_with('\n');
    let rest = &text[at..];
    begins
        && (rest.starts_with("* ") || rest.starts_with("- "))
        && rest[BULLET_TYPED..].starts_with(|c: char| !c.is_whitespace())
}

/// A marked stretch that starts here, and where it ends.
fn marked(text: &str, at: usize, depth: u8) -> Option<(Piece, usize)> {
    let rest = &text[at..];
    if let Some(inner) = rest.strip_prefix("```") {
        let len = inner.find("```").filter(|len| *len > 0)?;
        return Some((
            Piece::Mono(inner[..len].trim_matches('\n').to_owned()),
            at + len + 6,
        ));
    }
    let mark = rest.chars().next().filter(|c| "*_~`".contains(*c))?;
    if depth == 0 || !is_edge(text[..at].chars().next_back()) {
        return None;
    }
    let inner = &rest[1..];
    if inner.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let line = &inner[..inner.find('\n').unwrap_or(inner.len())];
    let mut ends = line.match_indices(mark).map(|(i, _)| i).take(MAX_MARKS_BETWEEN);
    let len = ends.find(|&i| {
        i > 0 && !line[..i].ends_with(char::is_whitespace) && is_edge(line[i + 1..].chars().next())
    })?;
    let inside = &line[..len];
    let piece = match mark {
        '*' => Piece::Bold(read(inside, depth - 1)),
        '_' => Piece::Italic(read(inside, depth - 1)),
        '~' => Piece::Strike(read(inside, depth - 1)),
        _ => Piece::Mono(inside.to_owned()),
    };
    Some((piece, at + len + 2))
}

/// Marks count only at the edge of a word: `2*3*4` and `snake_case` stay as they are.
fn is_edge(neighbour: Option<char>) -> bool {
    neighbour.is_none_or(|c| !c.is_alphanumeric())
}

/// An address or a number that starts here, and where it ends.
fn link(text: &str, at: usize) -> Option<(Piece, usize)> {
    let found = addresses::web(text, at)
        .or_else(|| phones::phone(text, at))
        .or_else(|| addresses::mail(text, at));
    let (length, href) = found?;
    let end = at + length;
    let text = text[at..end].to_owned();
    Some((Piece::Link { text, href }, end))
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, *};

    fn text(s: &str) -> Piece {
        Text(s.to_owned())
    }

    fn link_to(text: &str, href: &str) -> Piece {
        Link {
            text: text.to_owned(),
            href: href.to_owned(),
        }
    }

    #[test]
    fn marks_become_pieces_and_nest() {
        assert_eq!(
            pieces("Ahoj *tlustě _a šikmo_*, ~ne~"),
            [
                text("Ahoj "),
                Bold(vec![text("tlustě "), Italic(vec![text("a šikmo")])]),
                text(", "),
                Strike(vec![text("ne")]),
            ]
        );
        assert_eq!(pieces("```a *b*\nc```"), [Mono("a *b*\nc".to_owned())]);
    }

    #[test]
    fn a_plain_text_has_no_marks() {
        assert_eq!(
            plain("Objednávka *20388* _spěchá_, ~ne~ ```kód``` 2*3*4 https://example.com/_a"),
            "Objednávka 20388 spěchá, ne kód 2*3*4 https://example.com/_a"
        );
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for same in [
            "2*3*4 = 24",
            "snake_case_name",
            "a * b *",
            "*  a",
            "- ",
            "-5 °C",
            "a - b",
            "**",
            "*a\nb*",
            "5 * 6 * 7",
            "``````",
            "*",
        ] {
            assert_eq!(pieces(same), [text(same)], "{same:?}");
        }
    }

    #[test]
    fn lines_of_a_list_have_bullets() {
        assert_eq!(
            pieces("Prosím:\n* mléko\n- *dva* rohlíky\n* a *"),
            [
                text("Prosím:\n• mléko\n• "),
                Bold(vec![text("dva")]),
                text(" rohlíky\n• a *"),
            ]
        );
        assert_eq!(plain("* mléko"), "• mléko");
        assert_eq!(pieces("*- a*"), [Bold(vec![text("- a")])], "not within a line");
        assert_eq!(pieces("```* a```"), [Mono("* a".to_owned())]);
    }

    #[test]
    fn addresses_are_links_without_the_punctuation_around_them() {
        assert_eq!(
            pieces("Viz (https://example.com/a_(b)), díky."),
            [
                text("Viz ("),
                link_to("https://example.com/a_(b)", "https://example.com/a_(b)"),
                text("), díky."),
            ]
        );
        assert_eq!(
            pieces("www.example.cz."),
            [link_to("www.example.cz", "https://www.example.cz"), text(".")]
        );
        assert_eq!(pieces("javascript:alert(1)"), [text("javascript:alert(1)")]);
        assert_eq!(pieces("https://"), [text("https://")]);
    }

    #[test]
    fn mail_addresses_and_phone_numbers_are_links() {
        assert_eq!(
            pieces("Pište na eva.mala+obchod@example.co.uk. Nebo (+420 777 123 456)!"),
            [
                text("Pište na "),
                link_to(
                    "eva.mala+obchod@example.co.uk",
                    "mailto:eva.mala+obchod@example.co.uk"
                ),
                text(". Nebo ("),
                link_to("+420 777 123 456", "tel:+420777123456"),
                text(")!"),
            ]
        );
        for none in [
            "a@b",
            "@jana",
            "a@b.c",
            "ž@",
            "+1",
            "2+420777123456",
            "+12345678901234567890",
            "777 123 456 Kč",
            "1+1=2",
            "x@.cz",
        ] {
            assert_eq!(pieces(none), [text(none)], "{none}");
        }
    }

    #[test]
    fn an_underscore_in_an_address_is_no_mark() {
        assert_eq!(
            pieces("https://example.com/_a_"),
            [
                link_to("https://example.com/_a", "https://example.com/_a"),
                text("_")
            ]
        );
    }

    #[test]
    fn marks_are_read_at_the_beginning_of_a_very_long_text() {
        let text = "*a* ".repeat(500_000);
        let shown = plain(&text);
        assert!(shown.starts_with("a a ") && shown.ends_with(" *a* *a* "));
        assert_eq!(shown.len(), text.len() - 2 * MAX_MARKED / 4);
    }

    #[test]
    fn a_hostile_text_is_read_quickly_and_whole() {
        for hostile in [
            "*a ",
            "*_~",
            "https://a",
            "https://a)",
            "```",
            "a@",
            "a.",
            "+1 ",
            "a@b.",
        ] {
            let text = hostile.repeat(20_000);
            let shown = plain(&text);
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
            assert_eq!(letters(&shown), letters(&text));
        }
    }
}
