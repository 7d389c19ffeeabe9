//! Contact cards as files: written for downloads, and read if a card arrives only as a vCard.
//! <https://www.rfc-editor.org/rfc/rfc2426>

use crate::message::content::{Contact, Fact, FactKind};

/// Maximum number of characters of a file's name, without its extension.
const MAX_NAME: usize = 60;

/// The card as a file: the original, or else one made from the known fields.
pub fn write(card: &Contact) -> String {
    if let Some(vcard) = &card.vcard {
        return vcard.clone();
    }
    let facts = card.facts();
    let mut lines = vec!["BEGIN:VCARD".to_owned(), "VERSION:3.0".to_owned()];
    let name = card.name.whole().or_else(|| Some(facts.first()?.value.clone()));
    let name = escaped(&name.unwrap_or_default());
    lines.push(format!("N:{name};;;;"));
    lines.push(format!("FN:{name}"));
    for Fact { what, which, value } in &facts {
        let value = escaped(value);
        let which = which.as_deref().map(word).filter(|which| !which.is_empty());
        let which = which.map(|which| format!(";TYPE={which}")).unwrap_or_default();
        lines.push(match what {
            FactKind::Phone => format!("TEL{which}:{value}"),
            FactKind::Email => format!("EMAIL{which}:{value}"),
            FactKind::Organisation => format!("ORG:{value}"),
            FactKind::Title => format!("TITLE:{value}"),
            FactKind::Address => format!("ADR{which}:;;{value};;;;"),
            FactKind::Url => format!("URL{which}:{value}"),
            FactKind::Birthday => format!("BDAY:{value}"),
            FactKind::Department => format!("NOTE:{value}"),
            FactKind::Other(name) => format!("NOTE:{}: {value}", escaped(name)),
        });
    }
    lines.push("END:VCARD\r\n".to_owned());
    lines.join("\r\n")
}

/// Escapes line breaks, so that a sender's text cannot add a line.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => safe.extend(['\\', c]),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A parameter's value: only letters, digits and dashes.
fn word(text: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    text.chars().filter(fits).take(20).collect()
}

/// A file name that no system takes for a path or a command.
pub fn file_name(card: &Contact) -> String {
    let name = card.name.whole().unwrap_or_default();
    let safe: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .take(MAX_NAME)
        .collect();
    let safe = safe.split_whitespace().collect::<Vec<_>>().join(" ");
    match safe.is_empty() {
        true => "contact.vcf".to_owned(),
        false => format!("{safe}.vcf"),
    }
}

/// The content of a vCard: the name, and a fact for each other line.
pub fn read(vcard: &str) -> (Option<String>, Vec<Fact>) {
    // A line that begins with a blank continues the line above.
    let unfolded = vcard.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let (mut name, mut facts) = (None, Vec::new());
    for line in unfolded.lines() {
        let Some((head, value)) = line.split_once(':') else {
            continue;
        };
        let mut parts = head.split(';');
        let property = parts.next().unwrap_or_default();
        // `item1.TEL` is read as TEL.
        let property = property
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let which = parts.find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.eq_ignore_ascii_case("type").then(|| value.to_owned())
        });
        let value = unescaped(value);
        if value.is_empty() {
            continue;
        }
        let what = match property.as_str() {
            "FN" => {
                name = Some(value);
                continue;
            }
            "BEGIN" | "END" | "VERSION" | "PRODID" | "REV" | "UID" | "N" | "PHOTO" => continue,
            // The sender's own label for the line above.
            "X-ABLABEL" | "X-ABADR" => continue,
            "TEL" => FactKind::Phone,
            "EMAIL" => FactKind::Email,
            "ORG" => FactKind::Organisation,
            "TITLE" => FactKind::Title,
            "ADR" => FactKind::Address,
            "URL" => FactKind::Url,
            "BDAY" => FactKind::Birthday,
            other => FactKind::Other(other.to_owned()),
        };
        facts.push(Fact { what, which, value });
    }
    (name, facts)
}

/// Adds the facts that are in the vCard but not in the card itself.
pub fn complete(card: &mut Contact) {
    let Some((name, read)) = card.vcard.as_deref().map(read) else {
        return;
    };
    if card.name.whole().is_none() {
        card.name.formatted_name = name;
    }
    let told = card.facts();
    let is_told = |fact: &Fact| {
        let mut same = told.iter().filter(|told| told.what == fact.what);
        match fact.what {
            FactKind::Phone | FactKind::Email | FactKind::Url | FactKind::Other(_) => {
                same.any(|told| bare(told) == bare(fact))
            }
            // The two may spell the same value differently: `Dlouhá 1, Praha, 11000` is `Dlouhá 1, 110 00 Praha`.
            _ => same.next().is_some(),
        }
    };
    card.more.extend(read.into_iter().filter(|fact| !is_told(fact)));
}

/// A value without the differences in spelling.
fn bare(fact: &Fact) -> String {
    let value = fact.value.chars();
    match fact.what {
        FactKind::Phone => value.filter(char::is_ascii_digit).collect(),
        _ => value.flat_map(char::to_lowercase).collect(),
    }
}

/// The parts of a value, separated by semicolons, in one line.
fn unescaped(value: &str) -> String {
    let mut parts = vec![String::new()];
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let last = parts.len() - 1;
        match c {
            ';' => parts.push(String::new()),
            '\\' => match chars.next() {
                Some('n' | 'N') => parts[last].push('\n'),
                Some(c) => parts[last].push(c),
                None => {}
            },
            c => parts[last].push(c),
        }
    }
    let parts = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::content::ContactName;

    fn named(name: &str) -> ContactName {
        ContactName {
            formatted_name: Some(name.to_owned()),
            ..ContactName::default()
        }
    }

    fn fact(what: FactKind, value: &str) -> Fact {
        Fact {
            what,
            which: None,
            value: value.to_owned(),
        }
    }

    #[test]
    fn what_a_sender_writes_stays_in_its_line() {
        let card = Contact {
            name: named("Nová; Jana,\r\nTEL:666"),
            more: vec![Fact {
                which: Some("WORK:\nX".to_owned()),
                ..fact(FactKind::Email, "a@example.org\nEND:VCARD")
            }],
            ..Contact::default()
        };
        let text = write(&card);
        assert_eq!(
            text.split("\r\n").collect::<Vec<_>>(),
            [
                "BEGIN:VCARD",
                "VERSION:3.0",
                "N:Nová\\; Jana\\,\\nTEL:666;;;;",
                "FN:Nová\\; Jana\\,\\nTEL:666",
                "EMAIL;TYPE=WORKX:a@example.org\\nEND:VCARD",
                "END:VCARD",
                "",
            ]
        );
        assert_eq!(read(&text).1[0].value, "a@example.org\nEND:VCARD");
    }

    #[test]
    fn a_file_is_named_by_letters_alone() {
        let named = |name: &str| {
            file_name(&Contact {
                name: named(name),
                ..Contact::default()
            })
        };
        assert_eq!(named("../../etc/passwd\u{202e}\"\r\nX: y"), "etc passwd X y.vcf");
        assert_eq!(named("Jana Nová"), "Jana Nová.vcf");
        assert_eq!(named("..."), "contact.vcf");
        assert_eq!(file_name(&Contact::default()), "contact.vcf");
    }

    #[test]
    fn a_file_adds_what_the_card_does_not_say() {
        let text = "BEGIN:VCARD\r\nFN:Eva\r\nTEL:+420 777 123 456\r\nTEL:+420777000111\r\nEMAIL:Eva@example.org\r\n\
            item1.X-ABLabel:Home\r\nADR:;;Dlouhá 1;Praha;;11000;\r\nEND:VCARD";
        let mut card = Contact {
            more: vec![
                fact(FactKind::Phone, "+420777123456"),
                fact(FactKind::Address, "Dlouhá 1, 110 00 Praha"),
            ],
            vcard: Some(text.to_owned()),
            ..Contact::default()
        };
        complete(&mut card);
        assert_eq!(card.name.whole().as_deref(), Some("Eva"));
        let values: Vec<_> = card.more.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(
            values,
            [
                "+420777123456",
                "Dlouhá 1, 110 00 Praha",
                "+420777000111",
                "Eva@example.org"
            ]
        );
        let before = card.clone();
        complete(&mut card);
        assert_eq!(card, before, "once");
    }

    #[test]
    fn a_card_is_read_where_it_is_all_that_came() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jana Nov\r\n á\r\nitem1.TEL;type=CELL:+420 777\r\n\
            ORG:Vzorek\\, s.r.o.;Sklad\r\nX-NOTE:ano\r\nADR:;;Dlouhá 1;Praha;;11000;\r\nbroken\r\nEND:VCARD";
        let (name, facts) = read(text);
        assert_eq!(name.as_deref(), Some("Jana Nová"));
        let values: Vec<_> = facts.iter().map(|fact| fact.value.as_str()).collect();
        assert_eq!(
            values,
            [
                "+420 777",
                "Vzorek, s.r.o., Sklad",
                "ano",
                "Dlouhá 1, Praha, 11000"
            ]
        );
        assert_eq!(facts[0].which.as_deref(), Some("CELL"));
        assert_eq!(facts[2].what, FactKind::Other("X-NOTE".to_owned()));
    }
}
