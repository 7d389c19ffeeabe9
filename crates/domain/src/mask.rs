//! What those see of a customer's number who are to see only its end.

use crate::{
    contact_merge::{FoundContact, Merged},
    message::MessageView,
    page::Page,
    refs::ContactRef,
    search::Hit,
    session::{Above, Mention, Preview, SessionEvent, SessionEventKind, SessionRow, Stretch, Thread},
};

/// Digits that are shown.
const SHOWN: usize = 3;
/// Digits of a name that is a number.
const WHOLE: usize = 9;
/// A text in which WhatsApp tells that a customer has another number.
const SYSTEM: &str = "system";

/// Something in which a customer's number may stand.
pub trait Mask {
    /// The same with the end of the number only.
    #[must_use]
    fn masked(self) -> Self;
}

/// The end of a number.
fn end_of(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(SHOWN);
    format!("•••{}", digits[from..].iter().collect::<String>())
}

/// Of every number in a text, its end. A number has seven digits or more.
fn in_text(text: &str) -> String {
    let (mut masked, mut number) = (String::with_capacity(text.len()), String::new());
    let end = |number: &mut String, masked: &mut String| {
        match number.bytes().filter(u8::is_ascii_digit).count() {
            0..=6 => masked.push_str(number),
            _ => masked.push_str(&end_of(number)),
        }
        number.clear();
    };
    for c in text.chars() {
        if c.is_ascii_digit() || c == '+' {
            number.push(c);
        } else {
            end(&mut number, &mut masked);
            masked.push(c);
        }
    }
    end(&mut number, &mut masked);
    masked
}

impl Mask for ContactRef {
    /// A name may be the number, too.
    fn masked(self) -> Self {
        let Some(number) = self.number else {
            return self;
        };
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let name = |name: String| match digits(&name) {
            own if own.contains(&digits(&number)) => end_of(&number),
            // A name is shared by all numbers of a customer, and may be another one of them.
            other if other.len() >= WHOLE => end_of(&name),
            _ => name,
        };
        Self {
            label: name(self.label),
            alias: self.alias.map(name),
            profile_name: self.profile_name.map(name),
            number: Some(end_of(&number)),
            ..self
        }
    }
}

impl Mask for SessionRow {
    fn masked(self) -> Self {
        Self {
            contact: self.contact.masked(),
            last_message: self.last_message.map(|last| match last.kind.as_str() {
                SYSTEM => Preview {
                    text: last.text.as_deref().map(in_text),
                    ..last
                },
                _ => last,
            }),
            ..self
        }
    }
}

impl Mask for MessageView {
    fn masked(self) -> Self {
        match self.kind.as_str() {
            SYSTEM => Self {
                text: self.text.as_deref().map(in_text),
                ..self
            },
            _ => self,
        }
    }
}

impl Mask for Thread {
    fn masked(mut self) -> Self {
        self.session = self.session.masked();
        self.messages = masked(self.messages);
        self.changed_above = masked(self.changed_above);
        self.earlier = masked(self.earlier);
        self.timeline = masked(self.timeline);
        self.merged = self.merged.masked();
        self
    }
}

impl Mask for SessionEvent {
    fn masked(self) -> Self {
        match self.what {
            SessionEventKind::ContactMerged | SessionEventKind::ContactSeparated => Self {
                reason: self.reason.as_deref().map(in_text),
                ..self
            },
            _ => self,
        }
    }
}

impl Mask for Merged {
    fn masked(mut self) -> Self {
        for other in &mut self.contacts {
            other.contact = other.contact.clone().masked();
        }
        self
    }
}

impl Mask for FoundContact {
    fn masked(mut self) -> Self {
        self.contact = self.contact.masked();
        self
    }
}

impl Mask for Stretch {
    fn masked(mut self) -> Self {
        self.messages = masked(self.messages);
        self.timeline = masked(self.timeline);
        self
    }
}

impl Mask for Above {
    fn masked(mut self) -> Self {
        self.stretches = masked(self.stretches);
        self
    }
}

impl<T: Mask> Mask for Page<T> {
    fn masked(mut self) -> Self {
        self.items = masked(self.items);
        self
    }
}

impl Mask for Hit {
    fn masked(mut self) -> Self {
        self.contact = self.contact.masked();
        self
    }
}

impl Mask for Mention {
    fn masked(mut self) -> Self {
        self.contact = self.contact.masked();
        self
    }
}

impl<T: Mask> Mask for Vec<T> {
    fn masked(self) -> Self {
        masked(self)
    }
}

fn masked<T: Mask>(all: Vec<T>) -> Vec<T> {
    all.into_iter().map(Mask::masked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ContactId;

    fn contact(label: &str, number: Option<&str>) -> ContactRef {
        ContactRef {
            id: ContactId::new(uuid::Uuid::nil()),
            label: label.into(),
            alias: Some(label.into()),
            profile_name: Some(label.into()),
            number: number.map(str::to_owned),
            username: None,
        }
    }

    #[test]
    fn only_the_end_of_a_number_is_left() {
        let masked = contact("Karel", Some("+420777123456")).masked();
        assert_eq!(
            (masked.label.as_str(), masked.number.as_deref()),
            ("Karel", Some("•••456"))
        );
        for label in ["+420777123456", "Karel +420 777 123 456", "420777123456"] {
            let masked = contact(label, Some("+420777123456")).masked();
            assert_eq!(masked.label, "•••456", "{label}");
            for name in [masked.alias, masked.profile_name] {
                assert_eq!(name.as_deref(), Some("•••456"), "{label}");
            }
        }
        let other = contact("Karel +420 601 000 789", Some("+420777123456")).masked();
        assert_eq!(other.label, "•••789");
        let without = contact("Karel 420777123456", None);
        assert_eq!(without.clone().masked(), without);
    }

    #[test]
    fn a_text_keeps_short_numbers() {
        assert_eq!(
            in_text("Karel changed from +420777123456 to 420777123999 on 28.11.2026, order 12345."),
            "Karel changed from •••456 to •••999 on 28.11.2026, order 12345."
        );
        assert_eq!(in_text(""), "");
    }
}
