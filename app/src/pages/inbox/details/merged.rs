//! With whom the contact is merged, and merging it with another one: a customer who writes from several numbers.

use crate::{
    api::{ActionForm, Resource, contacts::find_contacts},
    browser,
    i18n::*,
    pages::inbox::{
        actions::{Buttons, Step, is_asked_for},
        labels,
        state::use_inbox,
    },
    ui::{IconName, LiveText, Time, TimeStyle, Transition, form::on_outcome},
};
use domain::{
    contact_merge::{FoundContact, MergedContact},
    ids::SessionId,
    phone,
    refs::ContactRef,
    session::{Tab, Thread},
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::hooks::use_query_map;

/// The dialog's name in the address.
const STEP: &str = "merge";
/// The button that opens it.
const OPEN_ID: &str = "merge-open";

#[component]
pub fn MergedContacts(thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let merged = Memo::new(move |_| thread.with(|thread| thread.merged.clone()));
    let id = Memo::new(move |_| thread.with(|thread| thread.session.id));
    let may_change = Memo::new(move |_| merged.with(|merged| merged.may_change));
    let any = Memo::new(move |_| merged.with(|merged| !merged.contacts.is_empty()));
    let main = move || {
        let main = merged.with(|merged| merged.contacts.iter().find(|other| other.main).cloned());
        match main {
            Some(main) => t_string!(i18n, inbox.merge.main, who = called(&main.contact)).to_string(),
            None => t_string!(i18n, inbox.merge.here).to_owned(),
        }
    };
    let rows = move || {
        let undo = may_change.get();
        merged.with(|merged| {
            let rows = merged.contacts.iter().cloned();
            rows.map(|other| view! { <Other id=id.get() other undo /> })
                .collect_view()
        })
    };
    let merge = move || may_change.get().then(|| view! { <Merge id=id.get() thread /> });
    let shown = Memo::new(move |_| any.get() || may_change.get());
    let section = move || {
        shown.get().then(|| {
            view! {
                <details open>
                    <summary>{move || t_string!(i18n, inbox.merge.heading)}</summary>
                    <Show
                        when=move || any.get()
                        fallback=move || view! { <p class="details-empty">{move || t_string!(i18n, inbox.merge.none)}</p> }
                    >
                        <ul class="details-merged">{rows}</ul>
                        <p class="hint">
                            <LiveText text=main />
                        </p>
                    </Show>
                    <div class="details-merge">{merge}</div>
                </details>
            }
        })
    };
    section.into_any()
}

/// A contact by its number, with the name that the customer chose: they may share the company's own name.
fn called(contact: &ContactRef) -> String {
    let number = contact.number.as_deref().map(phone::grouped);
    let name = contact.profile_name.as_ref().or(contact.username.as_ref());
    match (number, name) {
        (Some(number), Some(name)) => format!("{number} ({name})"),
        (Some(number), None) => number,
        (None, Some(name)) => name.clone(),
        (None, None) => contact.label.clone(),
    }
}

#[component]
fn Other(id: SessionId, other: MergedContact, undo: bool) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let pending = inbox.separate_contact.pending();
    let MergedContact { contact, session, .. } = other;
    let who = StoredValue::new(called(&contact));
    let with = move || t_string!(i18n, inbox.merge.with, who = who.get_value()).to_string();
    let named = match session {
        Some(session) => {
            let href = move || inbox.query.with(|query| query.on(Tab::All).href(Some(session)));
            view! { <a href=href dir="auto">{with}</a> }.into_any()
        }
        None => view! { <span dir="auto">{with}</span> }.into_any(),
    };
    let undo = undo.then(|| {
        let label = move || t_string!(i18n, inbox.merge.undo_of, who = who.get_value()).to_string();
        view! {
            <ActionForm action=inbox.separate_contact>
                <input type="hidden" name="session" value=id.to_string() />
                <input type="hidden" name="contact" value=contact.id.to_string() />
                <button
                    type="submit"
                    class="button quiet"
                    aria-label=label
                    prop:disabled=move || pending.try_get().unwrap_or_default()
                >
                    {move || t_string!(i18n, inbox.merge.undo)}
                </button>
            </ActionForm>
        }
    });
    view! { <li>{named} {undo}</li> }.into_any()
}

/// *Merge with…*: a search, and what it found.
#[component]
fn Merge(id: SessionId, thread: Memo<Thread>) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let dialog = NodeRef::new();
    let field = NodeRef::<html::Input>::new();
    let asked = RwSignal::new(match is_asked_for(STEP) {
        true => use_query_map()
            .with_untracked(|map| map.get_str("who").map(str::to_owned))
            .unwrap_or_default(),
        false => String::new(),
    });
    let search = move |event: SubmitEvent| {
        let Some(field) = field.get_untracked() else {
            return;
        };
        event.prevent_default();
        // A form that is sent closes the dialog.
        event.stop_propagation();
        asked.set(field.value());
    };
    on_outcome(inbox.merge_contact, move |outcome| {
        if outcome.is_ok() {
            asked.set(String::new());
        }
    });
    on_outcome(inbox.separate_contact, |outcome| {
        // The button that had the focus is gone.
        if outcome.is_ok() {
            request_animation_frame(|| browser::focus(OPEN_ID));
        }
    });
    let first = asked.get_untracked();
    view! {
        <Step
            id
            step=STEP
            icon=IconName::Person
            word=|locale| td_string!(locale, inbox.merge.open)
            title=|locale| td_string!(locale, inbox.merge.title)
            id_in_page=OPEN_ID
            dialog
        >
            <form method="get" action=format!("/inbox/{id}") class="merge-search" on:submit=search>
                <input type="hidden" name="tab" value=move || inbox.query.with(|query| query.tab.as_str()) />
                <input type="hidden" name="q" value=move || inbox.query.with(|query| query.search.clone()) />
                <input type="hidden" name="step" value=STEP />
                <div class="field">
                    <label for="merge-who">{move || t_string!(i18n, inbox.merge.who)}</label>
                    <input
                        class="input"
                        type="search"
                        id="merge-who"
                        name="who"
                        value=first
                        dir="auto"
                        autocomplete="off"
                        autofocus
                        required
                        node_ref=field
                    />
                </div>
                <button type="submit" class="button">
                    {move || t_string!(i18n, inbox.merge.search)}
                </button>
            </form>
            <ActionForm action=inbox.merge_contact>
                <input type="hidden" name="session" value=id.to_string() />
                <Found id thread asked />
                <Buttons id dialog word=|locale| td_string!(locale, inbox.merge.confirm) />
            </ActionForm>
        </Step>
    }
    .into_any()
}

#[component]
fn Found(id: SessionId, thread: Memo<Thread>, asked: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let wanted = Resource::new(
        move || asked.get(),
        move |text| async move {
            match text.trim().is_empty() {
                true => Ok(None),
                false => find_contacts(id, text).await.map(Some),
            }
        },
    );
    let choice = move |found: FoundContact| {
        let contact = found.contact;
        let at = found.last_message_at;
        // The company's own name, if it has one, and what tells two of the same name apart.
        let name = contact
            .alias
            .clone()
            .map(|alias| view! { <strong dir="auto">{alias}</strong> });
        view! {
            <label class="merge-choice">
                <input type="radio" name="contact" value=contact.id.to_string() required />
                <span>
                    {name} <span dir="auto">{called(&contact)}</span>
                    <span class="hint">
                        {move || t_string!(i18n, inbox.merge.last)} " " <Time at style=TimeStyle::Full />
                    </span>
                </span>
            </label>
        }
    };
    let effect = move || {
        let who = thread.with(|thread| {
            let main = thread.merged.contacts.iter().find(|other| other.main);
            called(main.map_or(&thread.session.contact, |main| &main.contact))
        });
        t_string!(i18n, inbox.merge.effect, who = who).to_string()
    };
    let found = move || match wanted.get() {
        Some(Ok(Some(found))) if !found.is_empty() => {
            let choices = found.into_iter().map(choice).collect_view();
            view! {
                <fieldset class="merge-choices">
                    <legend>{move || t_string!(i18n, inbox.merge.found)}</legend>
                    {choices}
                </fieldset>
                <p class="hint">
                    <LiveText text=effect />
                </p>
            }
            .into_any()
        }
        Some(Err(error)) => {
            let why = move || labels::why(i18n.get_locale(), &error);
            view! { <p role="alert">{why}</p> }.into_any()
        }
        Some(Ok(Some(_))) => {
            view! { <p class="details-empty">{move || t_string!(i18n, inbox.merge.nobody)}</p> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div aria-live="polite">
            <Transition>{found}</Transition>
        </div>
    }
    .into_any()
}
