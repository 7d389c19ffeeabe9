//! A queue: its name, its members, and how a member picks up a session.

use crate::{
    api::{
        Resource,
        queues::{QueuePage as Page, SaveQueue, SetQueueDisabled, queue},
    },
    i18n::*,
    labels,
    pages::{
        directory::{Enabled, SwitchForm, saves, switches},
        url::{id_in_url, known},
    },
    ui::{
        Button, ButtonLink, CheckedForm, Field, Form, Icon, IconName, Kind, Load, PageHead,
        field::FieldProblem, form::FormAnswer, time::use_now,
    },
};
use domain::{
    directory::{self, ExtensionRow, QueueRow},
    ids::QueueId,
    pick_up_mode::PickUp,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// A new queue.
#[component]
pub fn NewQueuePage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| queue(None));
    let save = saves("/queues");
    view! {
        <PageHead title=move || t_string!(i18n, directory.queues.add_title).to_owned() />
        <Load from=stored view=move |page| view! { <QueueForm page save /> }.into_any() />
    }
    .into_any()
}

/// One queue. Events do not touch the form, so that no event discards unsaved input.
#[component]
pub fn QueuePage() -> impl IntoView {
    let id = id_in_url::<QueueId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { queue(Some(known(id)?)).await },
    );
    let save = saves("/queues");
    let switch = switches::<SetQueueDisabled, _>(stored);
    let form = move |page: Page| {
        let head = page.queue.clone().map(|queue| {
            let QueueRow {
                id, disabled, name, ..
            } = queue;
            let title = view! {
                <PageHead title=move || name.clone()>
                    <Enabled disabled />
                </PageHead>
            };
            let switch = view! {
                <SwitchForm
                    action=switch
                    id=id.to_string()
                    disabled
                    disable_text=|locale| td_string!(locale, directory.queues.disable_text)
                    enable_text=|locale| td_string!(locale, directory.queues.enable_text)
                />
            };
            (title, switch)
        });
        let (title, switch) = head.unzip();
        view! {
            {title}
            <QueueForm page save />
            {switch}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

#[component]
fn QueueForm(page: Page, save: Form<SaveQueue>) -> impl IntoView {
    let i18n = use_i18n();
    let Page {
        queue,
        extensions,
        unsaved,
    } = page;
    let id = queue
        .as_ref()
        .map(|queue| view! { <input type="hidden" name="id" value=queue.id.to_string() /> });
    let stored: Vec<String> = queue
        .iter()
        .flat_map(|queue| &queue.members)
        .map(|member| member.id.to_string())
        .collect();
    let form = unsaved.map_or_else(|| typed(queue, stored.clone()), |unsaved| unsaved.form);
    let extensions = extensions
        .into_iter()
        .filter(|extension| !extension.disabled || stored.contains(&extension.id.to_string()))
        .map(|extension| (form.members.contains(&extension.id.to_string()), extension))
        .collect();
    let chosen = form.pick_up.parse().unwrap_or(PickUp::default());
    let name = form.name;
    let distributes = form.distributes;
    let modes = PickUp::ALL
        .iter()
        .map(|&mode| {
            view! {
                <label class="choice">
                    <input type="radio" name="form[pick_up]" value=mode.as_str() checked=mode == chosen />
                    <span>
                        <strong>{move || labels::pick_up(i18n.get_locale(), mode)}</strong>
                        <span class="hint">{move || labels::pick_up_text(i18n.get_locale(), mode)}</span>
                    </span>
                </label>
            }
        })
        .collect_view()
        .into_any();
    view! {
        <CheckedForm form=save>
            {id}
            <Field
                name="name"
                label=move || t_string!(i18n, directory.queues.name)
                hint=move || t_string!(i18n, directory.queues.name_hint)
                value=name
            /> <Members extensions /> <fieldset class="field">
                <legend>{move || t_string!(i18n, directory.queues.pick_up)}</legend>
                {modes}
                <label class="choice">
                    <input type="checkbox" name="form[distributes]" value="true" checked=distributes />
                    <span>
                        <strong>{move || t_string!(i18n, directory.queues.distributes)}</strong>
                        <span class="hint">{move || t_string!(i18n, directory.queues.distributes_text)}</span>
                    </span>
                </label>
            </fieldset> <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
                <ButtonLink href="/queues" kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// The stored values as form input.
fn typed(queue: Option<QueueRow>, members: Vec<String>) -> directory::QueueForm {
    let (name, pick_up, distributes) = queue
        .map(|queue| (queue.name, queue.pick_up, queue.distributes))
        .unwrap_or_default();
    directory::QueueForm {
        name,
        members,
        pick_up: pick_up.as_str().to_owned(),
        distributes,
    }
}

/// Extensions to tick. The search hides those that do not match; hidden ones stay ticked.
#[component]
fn Members(extensions: Vec<(bool, ExtensionRow)>) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let answers = |extension: &ExtensionRow| !extension.disabled && extension.login.is_some();
    let empty = RwSignal::new(
        !extensions
            .iter()
            .any(|(member, extension)| *member && answers(extension)),
    );
    let count = move |event: ev::Event| {
        let ticked = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|changed| changed.closest(".choices").ok().flatten())
            .and_then(|boxes| boxes.query_selector("input:checked:not([data-off])").ok());
        empty.set(ticked.is_some_and(|ticked| ticked.is_none()));
    };
    let warning = move || {
        empty
            .try_get()
            .unwrap_or_default()
            .then(|| view! { <p class="notice warning">{move || t_string!(i18n, directory.queues.nobody_text)}</p> })
    };
    let wanted = RwSignal::new(String::new());
    let search = move |event: ev::Event| wanted.set(event_target_value(&event).to_lowercase());
    let texts: Vec<String> = extensions
        .iter()
        .map(|(_, p)| format!("{} {}", p.number, p.name).to_lowercase())
        .collect();
    let nobody = extensions.is_empty();
    let boxes = extensions
        .into_iter()
        .zip(texts.clone())
        .map(|((member, extension), text)| {
            let off = (!answers(&extension)).then_some("");
            view! {
                <label class="choice" class:hidden=move || wanted.try_with(|wanted| !text.contains(wanted.as_str())).unwrap_or_default()>
                    <input
                        type="checkbox"
                        name="form[members][]"
                        value=extension.id.to_string()
                        checked=member
                        data-off=off
                    />
                    <span>
                        <span class="nums muted">{extension.number}</span>
                        " "
                        {extension.name}
                    </span>
                </label>
            }
        })
        .collect_view()
        .into_any();
    let unmatched = move || {
        let none = wanted
            .try_with(|wanted| !wanted.is_empty() && !texts.iter().any(|t| t.contains(wanted.as_str())))
            .unwrap_or_default();
        none.then(|| view! { <p class="hint">{t_string!(i18n, directory.queues.members_unmatched)}</p> })
    };
    let list = match nobody {
        true => {
            view! { <p class="hint">{move || t_string!(i18n, directory.queues.members_none)}</p> }.into_any()
        }
        false => view! {
            <div class="search" class:not-yet=move || live.get().is_none()>
                <Icon name=IconName::Search />
                <input
                    type="search"
                    class="input"
                    autocomplete="off"
                    placeholder=move || t_string!(i18n, directory.queues.members_search)
                    aria-label=move || t_string!(i18n, directory.queues.members_search)
                    on:input=search
                />
            </div>
            <div class="choices" on:change=count>
                {boxes} {unmatched}
            </div>
            <div aria-live="polite">{warning}</div>
        }
        .into_any(),
    };
    view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, directory.queues.members)}</legend>
            <p class="hint">{move || t_string!(i18n, directory.queues.members_hint)}</p>
            {list}
            <FieldProblem name="members" />
        </fieldset>
    }
    .into_any()
}
