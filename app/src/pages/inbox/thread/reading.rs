//! Tells the process what has been read: the messages that were on the screen while the user looked at it. The position
//! only rises, so looking back at older messages changes nothing.

use super::scroll::Scroll;
use crate::{api, live::Reader, pages::inbox::element_ids};
use domain::{
    ids::{MessageId, SessionId},
    session::Thread,
};
use leptos::prelude::*;
use std::time::Duration;

/// A message that passes by more quickly has not been read.
const GLANCE: Duration = Duration::from_millis(250);
/// Pixels of a message that have to be on the screen.
const SHOWN: i32 = 24;

pub fn mark_read(id: SessionId, thread: Memo<Thread>, attentive: ReadSignal<bool>, scroll: Scroll) {
    let seen = RwSignal::new(None::<MessageId>);
    let looking = StoredValue::new(false);
    let look = move || {
        if looking.try_get_value() != Some(false) {
            return;
        }
        looking.set_value(true);
        set_timeout(
            move || {
                looking.try_set_value(false);
                let newest = scroll
                    .newest_on_screen(SHOWN)
                    .and_then(|line| element_ids::message_of(&line.id()));
                if seen.try_get_untracked().is_some_and(|before| before != newest) {
                    seen.set(newest);
                }
            },
            GLANCE,
        );
    };
    Effect::new(move |_| {
        scroll.moves.track();
        thread.track();
        if attentive.get() {
            look();
        }
    });
    let read = Memo::new(move |_| {
        let seen = seen.get().filter(|_| attentive.get())?;
        let skipped = scroll.went_to_end.get();
        thread.with(|thread| is_news(thread, seen, skipped).then_some((seen, thread.session.unread)))
    });
    // If this fails, the next message or look tries again.
    let reader = Reader::new(
        || 0,
        move || async move {
            if let Some(Some((seen, _))) = read.try_get_untracked() {
                let _ = api::inbox::mark_read(id, seen).await;
            }
        },
    );
    Effect::new(move |_| {
        if read.with(Option::is_some) {
            reader.ask();
        }
    });
}

/// Whether having seen this message marks anything as read. A preview marks nothing: only the user who has the session,
/// or would answer in it, reads for all. Unread messages above the loaded part cannot have been seen, unless the user
/// chose to skip them.
fn is_news(thread: &Thread, seen: MessageId, skipped: bool) -> bool {
    if thread.session.unread == 0 || !thread.may.reads {
        return false;
    }
    let place = |id| thread.messages.iter().position(|message| message.id == id);
    let Some(seen) = place(seen) else {
        return false;
    };
    match thread.first_unread {
        // A message that arrived late is above those that have been read.
        None => true,
        Some(first) => place(first).map_or(skipped, |first| first <= seen),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::timeline::tests::{message, thread},
        is_news,
    };
    use domain::{message::Direction, refusal::Refusal};

    #[test]
    fn what_its_owner_sees_is_read_also_where_nobody_can_answer() {
        let mut open = thread(1, vec![message(1, Direction::Inbound, 0)], vec![]);
        let seen = open.messages[0].id;
        assert!(is_news(&open, seen, false));
        open.may.reply = Err(Refusal::InGroup);
        assert!(is_news(&open, seen, false), "a group's messages are read, too");
        open.may.reads = false;
        assert!(!is_news(&open, seen, false), "a look by somebody else");
    }
}
