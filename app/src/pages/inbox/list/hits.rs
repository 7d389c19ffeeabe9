//! The messages and notes that a search has found, below the sessions.

use crate::{
    api::ApiError,
    i18n::*,
    pages::inbox::{
        avatar::avatar,
        element_ids::{self, HIT_ID, MORE_HITS_ID},
        labels,
        state::use_inbox,
    },
    ui::{Time, TroubleView, derived},
};
use domain::{
    ids::MessageId,
    search::{Hit, Hits, Piece},
};
use leptos::prelude::*;

/// The state of what was found.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Failed(ApiError),
    Found(Hits),
}

#[component]
pub fn FoundMessages() -> impl IntoView {
    let inbox = use_inbox();
    let shape = derived(move |_| {
        inbox.hits.with(|hits| match hits {
            Some(Some(Ok(hits))) => Some(Shape::Found(hits.clone())),
            Some(Some(Err(error))) => Some(Shape::Failed(error.clone())),
            Some(None) | None => None,
        })
    });
    view! {
        {move || {
            shape
                .get()
                .map(|shape| match shape {
                    Shape::Failed(error) => {
                        let retry = Callback::new(move |()| inbox.hits.refetch());
                        view! { <TroubleView error retry /> }.into_any()
                    }
                    Shape::Found(hits) => view! { <Found hits /> }.into_any(),
                })
        }}
    }
    .into_any()
}

#[component]
fn Found(hits: Hits) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let none = hits.items.is_empty();
    let more = hits.next_cursor.is_some();
    let note = move || match (none, more) {
        (true, true) => Some(t_string!(i18n, inbox.hits.none_yet)),
        (true, false) => Some(t_string!(i18n, inbox.hits.none)),
        (false, _) => None,
    };
    let note = move || note().map(|text| view! { <p class="hits-note">{text}</p> });
    let incomplete = hits.incomplete.then(|| {
        view! { <p class="hits-note">{move || t_string!(i18n, inbox.hits.incomplete)}</p> }
    });
    let href = move || {
        inbox
            .query
            .with(|query| query.with_more_hits().href(inbox.session.get()))
    };
    let more = more.then(|| {
        view! {
            <a id=MORE_HITS_ID class="button quiet rows-more" href=href>
                {move || t_string!(i18n, inbox.hits.more)}
            </a>
        }
    });
    let hits = hits.items.into_iter().map(|hit| view! { <HitRow hit /> });
    view! {
        <section class="hits" aria-labelledby="hits-title">
            <h2 id="hits-title" class="hits-title">
                {move || t_string!(i18n, inbox.hits.title)}
            </h2>
            {note}
            <ul class="rows">{hits.collect_view()}</ul>
            {incomplete}
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn HitRow(hit: Hit) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let anchor = match hit.note {
        true => element_ids::of_note(hit.id),
        false => element_ids::of_message(MessageId::new(hit.id.uuid())),
    };
    let (session, id) = (hit.session, hit.id);
    let href = move || inbox.query.with(|query| query.href_at(session, id, &anchor));
    let is_open = move || inbox.is_sought(id).then_some("page");
    let author = hit.author;
    let who = move || match (hit.note, hit.ours, &author) {
        (true, ..) => Some(t_string!(i18n, inbox.note.title).to_owned()),
        (false, true, Some(author)) => Some(labels::author(i18n.get_locale(), author, hit.by_token)),
        (false, true, None) => Some(t_string!(i18n, inbox.hits.ours).to_owned()),
        (false, false, _) => None,
    };
    let who = move || who().map(|who| view! { <span class="hit-who">{who} ": "</span> });
    let piece = |Piece { text, hit }| match hit {
        true => view! { <mark>{text}</mark> }.into_any(),
        false => text.into_any(),
    };
    let (contact, name) = (hit.contact.id, hit.contact.label);
    view! {
        <li>
            <a class="row" id=format!("{HIT_ID}{id}") href=href aria-current=is_open>
                {avatar(contact, &name)}
                <span class="row-head">
                    <span class="row-name" dir="auto" translate="no">
                        {name}
                    </span>
                    <Time at=hit.at />
                </span>
                <span class="hit-text" dir="auto" translate="no">
                    {who}
                    {hit.excerpt.into_iter().map(piece).collect_view()}
                </span>
            </a>
        </li>
    }
    .into_any()
}
