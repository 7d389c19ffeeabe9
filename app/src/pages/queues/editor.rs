//! A queue: its name, its members, and how one of them takes a session.

use super::list::Enabled;
use crate::{
    api::{
        extensions::extensions,
        queues::{SaveQueue, SetQueueDisabled, queue},
    },
    i18n::*,
    pages::{id_in_url, known},
    ui::{
        Button, ButtonLink, CheckedForm, Field, Icon, IconName, Kind, Load, PageHead,
        field::FieldProblem,
        form::{FormAnswer, on_answer},
        time::use_now,
        use_toasts,
    },
    words,
};
use domain::{
    ids::QueueId,
    people::ExtensionRow,
    queue::{PickUp, QueueRow},
};
use leptos::{ev, form::ActionForm, prelude::*};
use leptos_router::hooks::use_navigate;

/// A new queue.
#[component]
pub fn NewQueuePage() -> impl IntoView {
    let i18n = use_i18n();
    let people = Resource::new(|| (), |()| extensions());
    let save = save();
    view! {
        <PageHead title=move || t_string!(i18n, directory.queues.add_title).to_owned() />
        <Load from=people view=move |people| view! { <QueueForm queue=None people save /> }.into_any() />
    }
    .into_any()
}

/// One queue. Events do not touch the form, so that nothing typed is lost to one.
#[component]
pub fn QueuePage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = id_in_url::<QueueId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { Ok((queue(known(id)?).await?, extensions().await?)) },
    );
    let save = save();
    let switch = ServerAction::<SetQueueDisabled>::new();
    on_answer(switch, move |answer| match answer {
        Ok(()) => {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
        }
        Err(error) => toasts.warn(words::sentence(i18n.get_locale_untracked(), error)),
    });
    let form = move |(queue, people): (QueueRow, Vec<ExtensionRow>)| {
        let QueueRow { id, disabled, .. } = queue;
        let name = queue.name.clone();
        let explained = move || match disabled {
            true => t_string!(i18n, directory.queues.enable_text),
            false => t_string!(i18n, directory.queues.disable_text),
        };
        let switch_form = view! {
            <section class="panel">
                <p>{explained}</p>
                <ActionForm action=switch>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="disabled" value=(!disabled).to_string() />
                    <Button
                        submit=true
                        kind=if disabled { Kind::Plain } else { Kind::Danger }
                        busy=switch.pending()
                    >
                        {move || match disabled {
                            true => t_string!(i18n, common.button.enable),
                            false => t_string!(i18n, common.button.disable),
                        }}
                    </Button>
                </ActionForm>
            </section>
        }
        .into_any();
        view! {
            <PageHead title=move || name.clone()>
                <Enabled disabled />
            </PageHead>
            <QueueForm queue=Some(queue) people save />
            {switch_form}
        }
        .into_any()
    };
    view! { <Load from=stored view=form /> }.into_any()
}

/// Saves, says so, and goes back to the list.
fn save() -> ServerAction<SaveQueue> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let save = ServerAction::<SaveQueue>::new();
    on_answer(save, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            go("/queues", Default::default());
        }
    });
    save
}

#[component]
fn QueueForm(
    queue: Option<QueueRow>,
    people: Vec<ExtensionRow>,
    save: ServerAction<SaveQueue>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = queue
        .as_ref()
        .map(|queue| view! { <input type="hidden" name="id" value=queue.id.to_string() /> });
    let (name, chosen, members) = match queue {
        Some(queue) => (
            queue.name,
            queue.pick_up,
            queue.members.into_iter().map(|member| member.id).collect(),
        ),
        None => (String::new(), PickUp::default(), Vec::new()),
    };
    let people = people
        .into_iter()
        .map(|person| (members.contains(&person.id), person))
        .filter(|(member, person)| *member || !person.disabled)
        .collect();
    let modes = PickUp::ALL
        .into_iter()
        .map(|mode| {
            view! {
                <label class="choice">
                    <input type="radio" name="form[pick_up]" value=mode.as_str() checked=mode == chosen />
                    <span>
                        <strong>{move || words::pick_up(i18n.get_locale(), mode)}</strong>
                        <span class="hint">{move || words::pick_up_text(i18n.get_locale(), mode)}</span>
                    </span>
                </label>
            }
        })
        .collect_view()
        .into_any();
    view! {
        <CheckedForm action=save>
            {id}
            <Field
                name="name"
                label=move || t_string!(i18n, directory.queues.name)
                hint=move || t_string!(i18n, directory.queues.name_hint)
                value=name
            /> <Members people /> <fieldset class="field">
                <legend>{move || t_string!(i18n, directory.queues.pick_up)}</legend>
                {modes}
            </fieldset> <FormAnswer action=save /> <div class="form-buttons">
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

/// Extensions to tick. The search hides what does not match; what is hidden stays ticked.
#[component]
fn Members(people: Vec<(bool, ExtensionRow)>) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let wanted = RwSignal::new(String::new());
    let search = move |event: ev::Event| wanted.set(event_target_value(&event).to_lowercase());
    let texts: Vec<String> = people
        .iter()
        .map(|(_, p)| format!("{} {}", p.number, p.name).to_lowercase())
        .collect();
    let nobody = people.is_empty();
    let boxes = people
        .into_iter()
        .zip(texts.clone())
        .map(|((member, person), text)| {
            view! {
                <label class="choice" class:hidden=move || wanted.try_with(|wanted| !text.contains(wanted.as_str())).unwrap_or_default()>
                    <input type="checkbox" name="form[members][]" value=person.id.to_string() checked=member />
                    <span>
                        <span class="nums muted">{person.number}</span>
                        " "
                        {person.name}
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
            <div class="choices">{boxes} {unmatched}</div>
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
