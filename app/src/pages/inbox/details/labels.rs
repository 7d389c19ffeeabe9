//! The labels of the session: each is put on or taken off by a click.

use crate::{
    api::ActionForm,
    i18n::*,
    pages::inbox::{avatar::hue_of, state::use_inbox},
    ui::{Transition, derived},
};
use domain::session::Thread;
use leptos::prelude::*;
use uuid::Uuid;

#[component]
pub fn Labels(thread: Memo<Thread>) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            <Section thread />
        </Transition>
    }
    .into_any()
}

#[component]
fn Section(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let all = derived(move |_| match inbox.choices.get() {
        Some(Ok(choices)) => choices.labels,
        _ => Vec::new(),
    });
    let on = Memo::new(move |_| thread.with(|thread| thread.session.labels.clone()));
    let any = derived(move |_| !all.with(Vec::is_empty) || !on.with(Vec::is_empty));
    let toggle = move |(label, name): (Uuid, String)| {
        let is_on = Memo::new(move |_| on.with(|on| on.iter().any(|other| other.id.uuid() == label)));
        view! {
            <li>
                <ActionForm action=inbox.put_label>
                    <input type="hidden" name="session" value=move || thread.with(|thread| thread.session.id.to_string()) />
                    <input type="hidden" name="label" value=label.to_string() />
                    <input type="hidden" name="on" value=move || (!is_on.get()).to_string() prop:value=move || (!is_on.get()).to_string() />
                    <button
                        type="submit"
                        class="label-chip"
                        data-hue=move || is_on.get().then(|| hue_of(label.as_u128()))
                        aria-pressed=move || is_on.get().to_string()
                        dir="auto"
                        translate="no"
                    >
                        {name}
                    </button>
                </ActionForm>
            </li>
        }
    };
    let toggles = move || all.get().into_iter().map(toggle).collect_view();
    let section = move || {
        any.get().then(|| {
            view! {
                <details open>
                    <summary>{move || t_string!(i18n, inbox.details.labels)}</summary>
                    <ul class="details-labels">{toggles}</ul>
                </details>
            }
        })
    };
    view! { {section} }.into_any()
}
