//! The reply that is being typed. It is kept until the process has accepted it.

use crate::{
    api::{ApiError, inbox::SendText},
    browser,
    outbox::{OnItsWay, Outbox, use_outbox},
};
use domain::{
    ids::{SessionId, UserId},
    message::content::Content,
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
    /// Why the last reply was not sent.
    pub why: RwSignal<Option<ApiError>>,
}

/// The draft lives in the field itself, so that nothing typed before the page was live is lost.
pub fn use_draft(id: SessionId) -> Draft {
    let outbox = use_outbox();
    let posted = ServerAction::<SendText>::new().value();
    let draft = Draft {
        id,
        outbox,
        area: NodeRef::new(),
        length: RwSignal::new(0),
        // After a plain form post.
        why: RwSignal::new(posted.with_untracked(|answer| answer.as_ref()?.as_ref().err().cloned())),
    };
    Effect::new(move |before: Option<Option<UserId>>| {
        let writer = outbox.writer();
        if let Some(area) = draft.area.get() {
            // The text in the field is kept as a draft of the user who typed it.
            if area.value().is_empty() || before.flatten().is_some_and(|before| writer != Some(before)) {
                area.set_value(&outbox.draft(id));
            }
            draft.typed();
        }
        writer
    });
    Effect::new(move |_| {
        let back = outbox.returned.get().filter(|back| back.session == id);
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

    fn measure(self) {
        if let Some(area) = self.area.get_untracked() {
            let text = area.value();
            let lines = u32::try_from(text.lines().count()).unwrap_or(MAX_ROWS);
            area.set_rows(lines.clamp(1, MAX_ROWS));
            self.length.set(text.chars().count());
        }
    }

    /// Sends the text as an answer to the message of this wamid, if there is one. Returns whether it is on its way.
    pub fn send(self, answers: Option<String>) -> bool {
        let Some(area) = self.area.get_untracked().filter(|area| !area.read_only()) else {
            return false;
        };
        let text = area.value();
        if text.trim().is_empty() {
            return false;
        }
        if let Err(invalid) = Content::text_of(&text).check() {
            self.why.set(Some(ApiError::Refused(invalid.into())));
            return false;
        }
        area.set_value("");
        self.outbox.keep_draft(self.id, "");
        self.why.set(None);
        self.measure();
        self.outbox.send(OnItsWay {
            session: self.id,
            key: browser::fresh_key(),
            text,
            answers,
            at: browser::now(),
            broke: 0,
        });
        true
    }
}
