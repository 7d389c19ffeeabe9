//! List and counts follow the stream of events: what an event brings is put in its place, without a request.

use super::{fetch::keep_focus, listed::Listed, query::Query};
use crate::{
    api::{ApiResult, Resource},
    live::{Changes, Reader, use_live},
};
use domain::{
    event::AsOf,
    ids::{ExtensionId, SessionId},
    session::InboxCounts,
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
                new.is_none_or(|new| list.follow(new, own, open.get_untracked()))
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
            Some(Ok(list)) if list.query == query.get_untracked() => (list.leave(now), ()),
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
