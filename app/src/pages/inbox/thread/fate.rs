//! The fate of an outgoing message: why it failed, what it waits for, and what can be done.

use crate::{
    api::ActionForm,
    i18n::*,
    outbox::OnItsWay,
    pages::inbox::{labels, state::use_inbox},
    ui::Quote,
};
use domain::{
    ids::MessageId,
    message::{Failure, Status, Waits},
};
use leptos::prelude::*;

/// The part of it that the ticks do not show.
#[derive(Debug, Clone)]
pub struct Fate {
    pub status: Option<Status>,
    pub failure: Option<Failure>,
    pub waits: Option<Waits>,
    pub retry: Option<MessageId>,
}

/// `None`: the ticks say all of it.
pub fn fate_line(fate: Fate) -> Option<AnyView> {
    let i18n = use_i18n();
    let Fate {
        status,
        failure,
        waits,
        retry,
    } = fate;
    let retry = retry.map(|id| view! { <Again id /> });
    let line = match (status, failure, waits) {
        (Some(Status::Failed), failure, _) => view! {
            <div class="bubble-failure">{failure.map(|failure| view! { <Why failure /> })} {retry}</div>
        }
        .into_any(),
        (Some(Status::Unconfirmed), None, _) => view! {
            <div class="bubble-failure">
                <p>{move || t_string!(i18n, inbox.failure.unconfirmed)}</p>
                {retry}
            </div>
        }
        .into_any(),
        (Some(Status::Unconfirmed), Some(failure), _) => view! {
            <div class="bubble-failure">
                <p>{move || t_string!(i18n, inbox.failure.unconfirmed_failed)}</p>
                <Why failure />
                {retry}
            </div>
        }
        .into_any(),
        (Some(Status::Sent), Some(_), _) => view! {
            <p class="bubble-waits">{move || t_string!(i18n, inbox.failure.no_ticks)}</p>
        }
        .into_any(),
        (Some(Status::Queued), _, Some(waits)) => view! {
            <p class="bubble-waits">{move || labels::waits(i18n.get_locale(), waits)}</p>
        }
        .into_any(),
        _ => return None,
    };
    Some(line)
}

/// *Retry*, as a form that works before the page is live.
#[component]
fn Again(id: MessageId) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.retry.pending();
    view! {
        <ActionForm action=inbox.retry>
            <input type="hidden" name="message" value=id.to_string() />
            <button type="submit" class="button" prop:disabled=move || pending.try_get().unwrap_or_default()>
                {move || t_string!(i18n, inbox.bubble.retry)}
            </button>
        </ActionForm>
    }
    .into_any()
}

/// The reason in the reader's language; Meta's words, code and `fbtrace_id` behind *Details*.
#[component]
fn Why(failure: Failure) -> impl IntoView {
    let i18n = use_i18n();
    let meaning = failure.meaning();
    let mut words = Vec::new();
    if let Some(code) = failure.code {
        let title = failure.title;
        words.push(match title.contains(&code.to_string()) {
            true => title.clone(),
            false => format!("({code}) {title}"),
        });
        words.extend(failure.details.filter(|details| *details != title));
        words.extend(failure.trace.map(|trace| format!("fbtrace_id: {trace}")));
    }
    view! {
        <p>{move || labels::meaning(i18n.get_locale(), meaning)}</p>
        <Quote words />
    }
    .into_any()
}

/// The reply has caused several internal errors.
#[component]
pub fn Stuck(message: OnItsWay) -> impl IntoView {
    let i18n = use_i18n();
    let outbox = use_inbox().outbox;
    let session = message.session;
    view! {
        <div class="bubble-failure">
            <p role="alert">{move || t_string!(i18n, inbox.bubble.stuck)}</p>
            <button type="button" class="button" on:click=move |_| outbox.try_again(session)>
                {move || t_string!(i18n, inbox.bubble.retry)}
            </button>
            <button
                type="button"
                class="button"
                prop:disabled=move || outbox.calling.get() == Some(session)
                on:click=move |_| outbox.take_back(&message)
            >
                {move || t_string!(i18n, inbox.bubble.take_back)}
            </button>
        </div>
    }
    .into_any()
}
