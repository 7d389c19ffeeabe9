//! The line above the unread messages.

use crate::outbox::OnItsWay;
use domain::{ids::MessageId, session::Thread};
use leptos::prelude::*;

/// Where the unread messages begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divider {
    pub before: MessageId,
    pub count: u32,
}

/// Where the unread messages of a thread begin, if it has any.
pub fn divider(thread: &Thread) -> Option<Divider> {
    Some(Divider {
        before: thread.first_unread?,
        count: thread.session.unread,
    })
}

/// The line stays where it was when the thread was opened. It moves when messages arrive while a user who had read
/// everything looks away, and goes when the user answers.
pub fn use_divider(
    thread: Memo<Thread>,
    mine: Memo<Vec<OnItsWay>>,
    attentive: ReadSignal<bool>,
) -> RwSignal<Option<Divider>> {
    let shown = RwSignal::new(thread.with_untracked(divider));
    Effect::new(move |unread_before: Option<u32>| {
        let now = thread.with(divider);
        if now.is_some() && unread_before == Some(0) && !attentive.get_untracked() {
            shown.set(now);
        }
        thread.with(|thread| thread.session.unread)
    });
    Effect::new(move |_| {
        if mine.with(|mine| !mine.is_empty()) {
            shown.set(None);
        }
    });
    shown
}
