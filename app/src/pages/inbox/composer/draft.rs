//! The reply that is being typed. It is kept until the process has accepted it.

use crate::{
    api::{ApiError, ServerAction, inbox::SendMessage},
    outbox::{Outbox, use_outbox},
};
use domain::{
    ids::{SessionId, UserId},
    message::content::{Content, Text},
};
use leptos::{html, prelude::*};

/// The box grows to this many lines where the browser does not size it by itself.
const MAX_ROWS: u32 = 8;

#[derive(Debug, Clone, Copy)]
pub struct Draft {
    id: SessionId,
    outbox: Outbox,
    pub area: NodeRef<html::Textarea>,
    /// Characters typed.
    pub length: RwSignal<usize>,
    /// It has a link of which WhatsApp can show a preview.
    pub has_link: RwSignal<bool>,
    /// WhatsApp is to show it.
    pub preview: RwSignal<bool>,
    /// Why the last reply was not sent.
    pub why: RwSignal<Option<ApiError>>,
}

/// The draft lives in the field itself, so that nothing typed before the page was live is lost.
pub fn use_draft(id: SessionId) -> Draft {
    let outbox = use_outbox();
    let posted = ServerAction::<SendMessage>::new();
    let draft = Draft {
        id,
        outbox,
        area: NodeRef::new(),
        length: RwSignal::new(0),
        has_link: RwSignal::new(false),
        preview: RwSignal::new(true),
        // After a plain form post.
        why: RwSignal::new(untrack(|| posted.outcome()).and_then(Result::err)),
    };
    let shown = StoredValue::new(String::new());
    Effect::new(move |before: Option<Option<UserId>>| {
        let writer = outbox.writer();
        let text = outbox.draft(id);
        if let Some(area) = draft.area.get() {
            // The text in the field is kept as a draft of the user who typed it.
            if before.flatten().is_some_and(|before| writer != Some(before))
                || gives_way(&area.value(), &shown.get_value(), &text)
            {
                area.set_value(&text);
                shown.set_value(text);
            }
            draft.typed();
        }
        writer
    });
    Effect::new(move |_| {
        let back = outbox.returned.get();
        let back = back.filter(|back| back.session == id && back.form.is_none());
        if let Some(back) = back {
            draft.why.set(back.why);
            if let Some(area) = draft.area.get() {
                area.set_value(&outbox.draft(id));
                draft.measure();
            }
            outbox.returned.set(None);
        }
    });
    draft
}

impl Draft {
    pub fn typed(self) {
        if let Some(area) = self.area.get_untracked() {
            self.outbox.keep_draft(self.id, &area.value());
            self.measure();
        }
    }

    /// What is in the field.
    pub fn text(self) -> String {
        let area = self.area.get_untracked();
        area.map(|area| area.value()).unwrap_or_default()
    }

    /// Puts another text into the field, to be edited.
    pub fn replace(self, text: &str) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(text);
            self.typed();
            let _ = area.focus();
        }
    }

    /// Puts a text where the cursor is, in place of what is selected.
    pub fn insert(self, text: &str) {
        let Some(area) = self.area.get_untracked().filter(|area| !area.read_only()) else {
            return;
        };
        let place = |at: Result<Option<u32>, _>| at.ok().flatten().unwrap_or(u32::MAX);
        let (from, to) = (place(area.selection_start()), place(area.selection_end()));
        let _ = area.set_range_text_with_start_and_end(text, from, to);
        // In UTF-16, as the browser counts.
        let behind = from.saturating_add(u32::try_from(text.encode_utf16().count()).unwrap_or(0));
        let _ = area.set_selection_range(behind, behind);
        self.typed();
    }

    fn measure(self) {
        if let Some(area) = self.area.get_untracked() {
            let text = area.value();
            let lines = u32::try_from(text.lines().count()).unwrap_or(MAX_ROWS);
            area.set_rows(lines.clamp(1, MAX_ROWS));
            self.length.set(text.chars().count());
            self.has_link.set(has_link(&text));
        }
    }

    /// Takes the text out of the field: `None` if it is blank.
    ///
    /// # Errors
    /// It stays there, because it cannot be sent.
    pub fn take(self) -> Result<Option<Content>, ()> {
        let area = self
            .area
            .get_untracked()
            .filter(|area| !area.read_only())
            .ok_or(())?;
        let text = area.value();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let content = Content::Text(Text {
            preview_url: self.preview.get_untracked() || !has_link(&text),
            body: text,
        });
        if let Err(invalid) = content.check() {
            self.why.set(Some(ApiError::Refused(invalid.into())));
            return Err(());
        }
        area.set_value("");
        self.outbox.keep_draft(self.id, "");
        self.why.set(None);
        self.preview.set(true);
        self.measure();
        Ok(Some(content))
    }
}

/// The text in the field gives way to the kept one if nobody has touched it since it was `shown`, or if the kept one is
/// what the same user typed in another browser, joined with it.
pub(super) fn gives_way(typed: &str, shown: &str, kept: &str) -> bool {
    typed == shown || (kept.len() > typed.len() && kept.ends_with(typed))
}

/// WhatsApp shows a preview of an address that begins with its scheme.
/// <https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages>
fn has_link(text: &str) -> bool {
    let begins = |scheme: &str| {
        text.match_indices(scheme)
            .any(|(at, _)| text[at + scheme.len()..].starts_with(char::is_alphanumeric))
    };
    begins("https://") || begins("http://")
}

#[cfg(test)]
mod tests {
    use super::{gives_way, has_link};

    #[test]
    fn only_what_nobody_touched_or_what_is_joined_gives_way() {
        assert!(gives_way("", "", "kept"), "untouched");
        assert!(gives_way("shown", "shown", ""), "sent in another browser");
        assert!(gives_way("mine", "", "theirs\nmine"), "joined");
        assert!(!gives_way("mine", "", "theirs"), "typed here");
        assert!(!gives_way("mine", "", "mine"), "the same");
    }

    #[test]
    fn a_link_is_an_address_with_its_scheme() {
        for text in [
            "https://example.com",
            "see http://example.com/a",
            "(https://é.cz)",
        ] {
            assert!(has_link(text), "{text}");
        }
        for text in [
            "",
            "www.example.com",
            "https://",
            "https:// example.com",
            "ahttp:/x",
        ] {
            assert!(!has_link(text), "{text}");
        }
    }
}
