//! The session as facts.

use crate::{
    i18n::*,
    ui::{Icon, IconName, LiveText, Time, TimeStyle, time::use_now},
};
use domain::session::Thread;
use leptos::prelude::*;
use std::time::Duration;

const COPIED_FOR: Duration = Duration::from_secs(2);

#[component]
pub fn Session(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let session = Memo::new(move |_| thread.with(|thread| thread.session.clone()));
    let none = move || t_string!(i18n, inbox.details.none).to_owned();
    let id = session.with_untracked(|session| session.id.to_string());
    let opened = session.with_untracked(|session| session.opened_at);
    let queue = move || session.with(|session| session.queue.as_ref().map(|queue| queue.name.clone()));
    let owner = move || {
        session.with(|session| {
            session
                .owner
                .as_ref()
                .map(|owner| format!("{} {}", owner.number, owner.name))
        })
    };
    let closed = move || {
        session.with(|session| session.closed_at).map(|at| {
            view! {
                <dt>{move || t_string!(i18n, inbox.details.closed)}</dt>
                <dd>
                    <Time at=at style=TimeStyle::Full />
                </dd>
            }
        })
    };
    let saves = Memo::new(move |_| thread.with(|thread| thread.may.saves));
    let save = {
        let id = id.clone();
        move || {
            let (href, name) = (
                format!("/session-log/{id}/conversation.zip"),
                format!("conversation-{id}.zip"),
            );
            saves.get().then(|| {
                view! {
                    <p>
                        <a href=href rel="external" download=name>
                            {move || t_string!(i18n, directory.log.save)}
                        </a>
                    </p>
                }
            })
        }
    };
    view! {
        <details open>
            <summary>{move || t_string!(i18n, inbox.details.session)}</summary>
            <dl>
                <dt>{move || t_string!(i18n, inbox.details.channel)}</dt>
                <dd>
                    <LiveText text=move || session.with(|session| session.channel.name.clone()) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.queue)}</dt>
                <dd>
                    <LiveText text=move || queue().unwrap_or_else(none) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.owner)}</dt>
                <dd>
                    <LiveText text=move || owner().unwrap_or_else(none) />
                </dd>
                <dt>{move || t_string!(i18n, inbox.details.opened)}</dt>
                <dd>
                    <Time at=opened style=TimeStyle::Full />
                </dd>
                {closed}
                <dt>{move || t_string!(i18n, inbox.details.id)}</dt>
                <dd class="details-id">
                    <code>{id.clone()}</code>
                    <Copy text=id />
                </dd>
            </dl>
            {save}
        </details>
    }
    .into_any()
}

/// Browsers allow the clipboard on https and localhost only: elsewhere there is no button.
#[component]
fn Copy(text: String) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let possible = Memo::new(move |_| now.with(Option::is_some) && window().is_secure_context());
    let copied = RwSignal::new(false);
    let copy = move |text: &str| {
        let _ = window().navigator().clipboard().write_text(text);
        copied.set(true);
        set_timeout(move || _ = copied.try_set(false), COPIED_FOR);
    };
    let button = move || {
        let text = text.clone();
        possible.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button quiet"
                    aria-label=move || t_string!(i18n, inbox.details.copy)
                    on:click=move |_| copy(&text)
                >
                    <Icon name=IconName::Copy />
                </button>
            }
        })
    };
    view! {
        {button}
        <span role="status" class="details-copied">
            {move || copied.get().then(|| t_string!(i18n, inbox.details.copied))}
        </span>
    }
    .into_any()
}
