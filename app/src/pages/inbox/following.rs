//! List, counts and thread follow the stream of events: what an event brings is put in its place, without a request.

use super::{fetch::keep_focus, listed::Listed, query::Query};
use crate::{
    api::{ApiResult, Resource},
    browser,
    live::{Changes, Reader, use_live},
    outbox::Outbox,
};
use domain::{
    ids::{ExtensionId, SessionId},
    position::{AsOf, Position},
    session::{InboxCounts, Thread},
};
use leptos::prelude::*;

/// The list of this query, for the user with this extension.
pub fn list(
    query: Memo<Query>,
    list: Resource<ApiResult<Listed>>,
    reader: Reader,
    own: impl Fn() -> Option<ExtensionId> + 'static,
    open: Memo<Option<SessionId>>,
) {
    let changes = use_live().changes;
    Effect::new(move |_| {
        let own = own();
        // A change here would make the resource forget the answer that is on its way for another query.
        let asked = query.get();
        let read = list.with(|list| match list {
            Some(Ok(list)) if list.query == asked => Some(list.position),
            _ => None,
        });
        let Some(read) = read.filter(|read| *read < changes.with(Changes::newest)) else {
            return;
        };
        if changes.with_untracked(|changes| changes.after(read).is_none()) {
            reader.ask();
            return;
        }
        let follow = |list: &mut Option<ApiResult<Listed>>| match list {
            Some(Ok(list)) => changes.with_untracked(|changes| {
                let new = changes.after(list.position);
                new.is_none_or(|new| list.follow(new, own, open.get_untracked(), browser::now()))
            }),
            _ => false,
        };
        let mut again = None;
        keep_focus(|| again = list.try_update(follow));
        if again == Some(true) {
            reader.ask();
        }
    });
    Effect::new(move |_| {
        let now = open.get();
        list.try_maybe_update(|list| match list {
            // Of another query's answer, which is on its way, the resource would forget that it waits for it.
            Some(Ok(list)) if list.query == query.get_untracked() => (list.leave(now, browser::now()), ()),
            _ => (false, ()),
        });
    });
}

pub fn counts(counts: Resource<ApiResult<AsOf<InboxCounts>>>) {
    let changes = use_live().changes;
    Effect::new(move |_| {
        let read = counts.with(|counts| match counts {
            Some(Ok(counts)) => Some(counts.position),
            _ => None,
        });
        let new = read.and_then(|read| changes.with(|changes| changes.counts_after(read)));
        if let Some((position, value)) = new {
            counts.try_set(Some(Ok(AsOf { position, value })));
        }
    });
}

/// The thread of this session.
pub fn thread(
    session: Memo<Option<SessionId>>,
    thread: Resource<Option<(SessionId, ApiResult<Thread>)>>,
    outbox: Outbox,
    reader: Reader,
) {
    let changes = use_live().changes;
    Effect::new(move |_| {
        let (asked, calling) = (session.get(), outbox.calling.get());
        let read = thread.with(|read| match read {
            Some(Some((id, Ok(thread)))) if Some(*id) == asked => Some(thread.position),
            _ => None,
        });
        let has_new = read.is_some_and(|read| read < changes.with(Changes::newest));
        // A reply would be shown twice while it is on its way to the process.
        if !has_new || calling == asked {
            return;
        }
        let follow = |read: &mut Option<Option<(SessionId, ApiResult<Thread>)>>| match read {
            Some(Some((_, Ok(thread)))) => changes.with_untracked(|changes| follow(thread, changes)),
            _ => (false, false),
        };
        if thread.try_maybe_update(follow) == Some(true) {
            reader.ask();
        }
    });
    // A refused thread has no position. It may come back with the next change of its session, such as a transfer.
    Effect::new(move |seen: Option<Position>| {
        let asked = session.get();
        let newest = changes.with(Changes::newest);
        let refused = thread.with(|read| matches!(read, Some(Some((id, Err(_)))) if Some(*id) == asked));
        let seen = seen.unwrap_or(newest);
        let concerns = |changes: &Changes| {
            let new = changes.after(seen);
            new.is_none_or(|mut new| new.any(|change| Some(change.session) == asked))
        };
        if refused && changes.with_untracked(concerns) {
            reader.ask();
        }
        newest
    });
}

/// Returns whether the thread has changed, and whether it has to be read again.
fn follow(thread: &mut Thread, changes: &Changes) -> (bool, bool) {
    let Some(new) = changes.after(thread.position) else {
        thread.position = changes.newest();
        return (false, true);
    };
    let (mut changed, mut again) = (false, false);
    for change in new {
        thread.position = change.at;
        if change.session == thread.session.id {
            changed = true;
            again |= thread.follow(&change.what, &change.inbox);
        }
    }
    (changed, again)
}
