//! Reading the list and the thread from the process, and reading them again while they are shown.

use super::{
    drawn_rows::DrawnRows,
    element_ids::ROW_ID,
    listed::Listed,
    query::{Opening, Query},
};
use crate::{
    api::{ApiError, ApiResult, Resource, inbox as api},
    browser,
    outbox::Outbox,
};
use domain::{
    ids::SessionId,
    page::{PAGE_DEFAULT, Page},
    position::AsOf,
    refusal::Refusal,
    search::Hits,
    session::{InboxCounts, SessionRow, Thread},
};
use leptos::prelude::*;

pub async fn read_list(query: Query) -> ApiResult<Listed> {
    let pages = usize::from(query.pages);
    read_pages(query, pages).await
}

async fn read_pages(query: Query, pages: usize) -> ApiResult<Listed> {
    let AsOf { position, value } = api::inbox(query.tab, query.filter, query.search.clone(), None).await?;
    let mut list = Listed {
        query,
        position,
        filled: value.rows.items.len(),
        page: value,
    };
    for _ in 1..pages {
        let Some(cursor) = list.page.rows.next_cursor.clone() else {
            break;
        };
        list.append(read_on(&list.query, cursor).await?);
    }
    Ok(list)
}

/// The page after this cursor.
pub async fn read_on(query: &Query, cursor: String) -> ApiResult<AsOf<Page<SessionRow>>> {
    let next = api::inbox(query.tab, query.filter, query.search.clone(), Some(cursor)).await?;
    Ok(AsOf {
        position: next.position,
        value: next.value.rows,
    })
}

/// What was found in messages and notes; `None` without a search.
pub async fn read_hits((search, pages): (String, u8)) -> Option<ApiResult<Hits>> {
    if search.is_empty() {
        return None;
    }
    Some(all_hits(search, pages).await)
}

async fn all_hits(search: String, pages: u8) -> ApiResult<Hits> {
    let mut hits = api::search(search.clone(), None).await?;
    for _ in 1..pages {
        let Some(cursor) = hits.next_cursor.take() else {
            break;
        };
        let next = api::search(search.clone(), Some(cursor)).await?;
        hits.items.extend(next.items);
        hits.next_cursor = next.next_cursor;
    }
    Ok(hits)
}

pub async fn read_thread(
    (session, from): (Option<SessionId>, Opening),
) -> Option<(SessionId, ApiResult<Thread>)> {
    let session = session?;
    Some((session, api::thread(session, from.before, from.at).await))
}

pub async fn read_list_again(
    query: Memo<Query>,
    counts: Resource<ApiResult<AsOf<InboxCounts>>>,
    list: Resource<ApiResult<Listed>>,
    open: Memo<Option<SessionId>>,
    drawn: DrawnRows,
) {
    let Some(asked) = query.try_get_untracked() else {
        return;
    };
    // As far as the reader has scrolled; what follows is read again when they get there.
    let pages = drawn.last().div_ceil(PAGE_DEFAULT as usize);
    let mut fresh = read_pages(asked.clone(), pages.max(usize::from(asked.pages))).await;
    if let (Ok(fresh), Some(open)) = (&mut fresh, open.try_get_untracked()) {
        list.try_with_untracked(|list| {
            if let Some(Ok(before)) = list {
                fresh.keep(before, open, browser::now());
            }
        });
    }
    if is_news(&fresh) && query.try_get_untracked() == Some(asked) {
        keep_focus(|| {
            list.try_set(Some(fresh));
        });
    }
    let fresh = api::counts().await;
    if is_news(&fresh) {
        counts.try_set(Some(fresh));
    }
}

pub async fn read_thread_again(
    session: Memo<Option<SessionId>>,
    opening: Memo<Opening>,
    outbox: Outbox,
    thread: Resource<Option<(SessionId, ApiResult<Thread>)>>,
) {
    let (Some(Some(asked)), Some(from)) = (session.try_get_untracked(), opening.try_get_untracked()) else {
        return;
    };
    // A thread that is shown to its end goes on to its end.
    let is_cut = |read: &Option<Option<(SessionId, ApiResult<Thread>)>>| match read {
        Some(Some((_, Ok(thread)))) => thread.cut,
        _ => true,
    };
    let cut = thread.try_with_untracked(is_cut).unwrap_or(true);
    let fresh = api::thread(asked, from.before.clone(), from.at.filter(|_| cut)).await;
    // While a reply is being sent to the process, it would be shown twice. The thread is read again afterwards.
    let calling = outbox.calling.try_get_untracked().flatten() == Some(asked);
    let still_open =
        session.try_get_untracked() == Some(Some(asked)) && opening.try_get_untracked() == Some(from);
    if !is_news(&fresh) || calling || !still_open {
        return;
    }
    thread.try_update(|open| match (open, fresh) {
        (Some(Some((id, Ok(thread)))), Ok(fresh)) if *id == asked => thread.renew(fresh),
        (open, fresh) => *open = Some(Some((asked, fresh))),
    });
}

/// A brief failure of the network or of the process does not remove what is already shown.
fn is_news<T>(answer: &ApiResult<T>) -> bool {
    matches!(
        answer,
        Ok(_)
            | Err(ApiError::SignIn
                | ApiError::Refused(Refusal::NotFound | Refusal::Taken { .. } | Refusal::Moved { .. }))
    )
}

/// A row that moves in the list loses the focus: this restores it.
pub fn keep_focus(change: impl FnOnce()) {
    let focused = document().active_element().map(|element| element.id());
    change();
    let Some(id) = focused.filter(|id| id.starts_with(ROW_ID)) else {
        return;
    };
    request_animation_frame(move || {
        if document()
            .active_element()
            .is_none_or(|element| element.id().is_empty())
        {
            browser::focus(&id);
        }
    });
}
