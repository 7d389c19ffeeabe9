//! One dead letter: its JSON as Meta sent it, and the actions on it.

use super::outcome::Outcome;
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        deliveries::{DeadLetterPage as Opened, DeleteDeadLetter, Replay, dead_letter},
    },
    i18n::*,
    labels,
    pages::url::{id_in_url, known},
    ui::{
        Button, ButtonLink, IconName, Kind, Load, PageHead, Quote, Time, TimeStyle,
        form::{FormAnswer, on_answer, on_outcome},
        long_text, use_toasts,
    },
};
use domain::{
    dead_letter::{DeadLetter, OpenDeadLetter},
    ids::DeadLetterId,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

const LIST: &str = "/system/deliveries";

#[component]
pub fn DeadLetterPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = id_in_url::<DeadLetterId>();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { dead_letter(known(id)?).await },
    );
    let replay = ServerAction::<Replay>::new();
    let delete = ServerAction::<DeleteDeadLetter>::new();
    let go = use_navigate();
    let go_back = go.clone();
    on_answer(replay, move |answer| {
        if let Ok(replayed) = answer {
            toasts.say(labels::replayed(i18n.get_locale_untracked(), replayed));
            match replayed.applied {
                0 => stored.refetch(),
                _ => go(LIST, Default::default()),
            }
        }
    });
    on_outcome(delete, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, system.deliveries.deleted));
            go_back(LIST, Default::default());
        }
    });
    let shown = move |opened: Opened| view! { <OpenView opened replay delete /> }.into_any();
    view! {
        <PageHead title=move || t_string!(i18n, system.deliveries.title_one).to_owned()>
            <ButtonLink href=LIST kind=Kind::Quiet>
                {move || t_string!(i18n, system.deliveries.back)}
            </ButtonLink>
        </PageHead>
        <FormAnswer action=replay />
        <FormAnswer action=delete />
        <Load from=stored view=shown />
    }
    .into_any()
}

#[component]
fn OpenView(
    opened: Opened,
    replay: ServerAction<Replay>,
    delete: ServerAction<DeleteDeadLetter>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Opened { open, cut, replayed } = opened;
    let OpenDeadLetter { dead_letter, raw } = open;
    let (id, at, reason) = (dead_letter.id, dead_letter.at, dead_letter.reason);
    let words = move || labels::dead_reason(i18n.get_locale(), reason);
    let cut = cut.then(|| {
        let text = move || t_string!(i18n, system.deliveries.cut, id = id.to_string()).to_string();
        view! { <p class="muted">{text}</p> }
    });
    let delete = view! {
        <details>
            <summary class="button">{move || t_string!(i18n, system.deliveries.delete)}</summary>
            <p>{move || t_string!(i18n, system.deliveries.delete_text)}</p>
            <ActionForm action=delete>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true kind=Kind::Danger busy=delete.pending()>
                    {move || t_string!(i18n, system.deliveries.delete_yes)}
                </Button>
            </ActionForm>
        </details>
    }
    .into_any();
    view! {
        <div class="letters">
            {replayed.map(|replayed| view! { <Outcome replayed /> })}
            <section class="panel" aria-labelledby="letter-reason">
                <header>
                    <h2 id="letter-reason">{move || words().0}</h2>
                    <Time at style=TimeStyle::Full />
                </header>
                <p>{move || words().1}</p>
                <Facts dead_letter />
                <h3 id="letter-raw">{move || t_string!(i18n, system.deliveries.raw)}</h3>
                <pre tabindex="0" role="region" aria-labelledby="letter-raw">
                    {long_text(raw)}
                </pre>
                {cut}
                <p class="muted">{move || t_string!(i18n, system.deliveries.replay_text)}</p>
                <ActionForm action=replay>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Button submit=true icon=IconName::Refresh busy=replay.pending()>
                        {move || t_string!(i18n, system.deliveries.replay)}
                    </Button>
                </ActionForm>
                {delete}
            </section>
        </div>
    }
    .into_any()
}

/// What is known of a dead letter besides its reason.
#[component]
pub fn Facts(dead_letter: DeadLetter) -> impl IntoView {
    let i18n = use_i18n();
    let fact = |name: fn(Locale) -> &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <dt>{move || name(i18n.get_locale())}</dt>
                <dd>{value}</dd>
            }
        })
    };
    view! {
        <dl class="facts">
            {fact(|locale| td_string!(locale, system.deliveries.number_id), dead_letter.phone_number_id)}
            {fact(|locale| td_string!(locale, system.deliveries.arrived_at), dead_letter.arrived_at)}
        </dl>
        <Quote words=dead_letter.detail.into_iter().collect() />
    }
    .into_any()
}
