//! System › Deliveries: what came from Meta and could not be applied, why, and what to do about it.

mod dead_letter;
mod filter;
mod outcome;

pub use self::dead_letter::DeadLetterPage;

use self::{
    dead_letter::Facts,
    filter::{FilterForm, Reasons},
    outcome::Outcome,
};
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        deliveries::{Deliveries, Replay, ReplayAll, address, dead_letter_channels, deliveries},
    },
    i18n::*,
    labels,
    live::use_live,
    ui::{
        Button, ButtonLink, Empty, IconName, Load, PageHead, Time, TimeStyle,
        form::{FormAnswer, on_answer},
        use_toasts,
    },
};
use domain::dead_letter::{DeadLetter, Filter, Replayed, Waiting};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| Filter::read(|key| query.get(key))));
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let page = Resource::new(
        move || (filter.get(), cursor.get(), live.dead_letters.get()),
        |(filter, cursor, _)| deliveries(filter, cursor),
    );
    // Events do not touch the filter's form: the user may be typing.
    let channels = Resource::new(|| (), |()| dead_letter_channels());
    let all = ServerAction::<ReplayAll>::new();
    let one = ServerAction::<Replay>::new();
    let so_far = use_batches(all);
    let toasts = use_toasts();
    on_answer(one, move |answer| match answer {
        Ok(replayed) => toasts.say(labels::replayed(i18n.get_locale_untracked(), replayed)),
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let list = move |page: Deliveries| {
        let filter = filter.get_untracked();
        let first = cursor.get_untracked().is_none();
        let dead_letters = dead_letters(&page, &filter, first, one);
        let matching = page
            .counts
            .iter()
            .filter(|(reason, _)| filter.reason.is_none_or(|wanted| wanted == *reason));
        let matching = matching.map(|(_, count)| count).sum();
        let replay = (matching > 0)
            .then(|| view! { <ReplayForm action=all filter=filter.clone() count=matching done=page.replayed.clone() /> });
        // Where a script runs, it has already added up the batches.
        let outcome = page.replayed.map(|replayed| {
            move || {
                let replayed = replayed.clone();
                so_far
                    .with(Option::is_none)
                    .then(|| view! { <Outcome replayed /> })
            }
        });
        view! {
            <WaitingLine waiting=page.waiting />
            <Reasons counts=page.counts filter=filter.clone() />
            {outcome}
            {replay}
            {dead_letters}
        }
        .into_any()
    };
    let form = move |channels| view! { <FilterForm filter channels /> }.into_any();
    view! {
        <PageHead title=move || t_string!(i18n, system.deliveries.title).to_owned() />
        <p class="muted">{move || t_string!(i18n, system.deliveries.intro)}</p>
        <Load from=channels lines=1 view=form />
        <div aria-live="polite">{move || so_far.get().map(|replayed| view! { <Outcome replayed /> })}</div>
        <FormAnswer action=all />
        <FormAnswer action=one />
        <Load from=page view=list />
    }
    .into_any()
}

/// Requests one batch after the other, and adds up the outcomes.
fn use_batches(all: ServerAction<ReplayAll>) -> RwSignal<Option<Replayed>> {
    let so_far = RwSignal::new(None::<Replayed>);
    let filter = RwSignal::new(Filter::default());
    Effect::new(move |_| {
        if let Some(asked) = all.input() {
            filter.set(asked.filter);
            if asked.after.is_none() {
                so_far.set(None);
            }
        }
    });
    on_answer(all, move |answer| {
        let Ok(batch) = answer else { return };
        let before = so_far.get_untracked().unwrap_or_default();
        so_far.set(Some(batch.clone().after(&before)));
        if batch.next.is_some() {
            all.dispatch(ReplayAll {
                filter: filter.get_untracked(),
                after: batch.next,
            });
        }
    });
    so_far
}

#[component]
fn WaitingLine(waiting: Waiting) -> impl IntoView {
    let i18n = use_i18n();
    let count = waiting.deliveries;
    waiting.since.map(|at| {
        view! {
            <p class="notice">
                {move || t_string!(i18n, system.deliveries.waiting, count = count).to_string()} " "
                <Time at style=TimeStyle::Full />
            </p>
        }
    })
}

/// *Replay all*; and, after a batch without a script, a button for the next batch.
#[component]
fn ReplayForm(
    action: ServerAction<ReplayAll>,
    filter: Filter,
    count: u64,
    done: Option<Replayed>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (which, rest) = (filter.pairs(), filter.pairs());
    let hidden = |pairs: Vec<(&'static str, String)>| {
        pairs
            .into_iter()
            .map(|(key, value)| view! { <input type="hidden" name=format!("filter[{key}]") value=value /> })
            .collect_view()
            .into_any()
    };
    let next = done.as_ref().and_then(|done| Some((done.next?, done.left)));
    let go_on = next.map(|(after, left)| {
        view! {
            <ActionForm action>
                {hidden(rest)} <input type="hidden" name="after" value=after.to_string() />
                <Button submit=true busy=action.pending()>
                    {move || t_string!(i18n, system.deliveries.go_on, count = left).to_string()}
                </Button>
            </ActionForm>
        }
    });
    view! {
        <div class="around">
            {go_on} <p class="muted">{move || t_string!(i18n, system.deliveries.replay_text)}</p>
            <ActionForm action>
                {hidden(which)}
                <Button submit=true icon=IconName::Refresh busy=action.pending()>
                    {move || t_string!(i18n, system.deliveries.replay_all, count = count).to_string()}
                </Button>
            </ActionForm>
        </div>
    }
    .into_any()
}

fn dead_letters(page: &Deliveries, filter: &Filter, first: bool, replay: ServerAction<Replay>) -> AnyView {
    let i18n = use_i18n();
    if first && page.dead_letters.items.is_empty() {
        return match *filter == Filter::default() {
            true => view! {
                <Empty
                    icon=IconName::Check
                    title=move || t_string!(i18n, system.deliveries.empty).to_owned()
                    text=move || t_string!(i18n, system.deliveries.empty_text).to_owned()
                />
            }
            .into_any(),
            false => view! {
                <Empty
                    icon=IconName::Check
                    title=move || t_string!(i18n, system.deliveries.none_match).to_owned()
                    text=move || t_string!(i18n, system.deliveries.none_match_text).to_owned()
                >
                    <ButtonLink href="/system/deliveries">
                        {move || t_string!(i18n, system.deliveries.show_all)}
                    </ButtonLink>
                </Empty>
            }
            .into_any(),
        };
    }
    let newest = (!first).then(|| {
        let href = address(filter, None);
        view! { <ButtonLink href>{move || t_string!(i18n, common.button.first_page)}</ButtonLink> }
    });
    let older = page.dead_letters.next_cursor.as_deref().map(|cursor| {
        let href = address(filter, Some(cursor));
        view! { <ButtonLink href>{move || t_string!(i18n, common.button.next_page)}</ButtonLink> }
    });
    let dead_letters = page
        .dead_letters
        .items
        .iter()
        .map(|dead_letter| view! { <DeadLetterItem dead_letter=dead_letter.clone() replay /> })
        .collect_view()
        .into_any();
    view! {
        <ul class="letters">{dead_letters}</ul>
        <nav class="form-buttons">{newest} {older}</nav>
    }
    .into_any()
}

#[component]
fn DeadLetterItem(dead_letter: DeadLetter, replay: ServerAction<Replay>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, at, reason) = (dead_letter.id, dead_letter.at, dead_letter.reason);
    let title_id = format!("letter-{id}");
    let (of_button, of_link) = (title_id.clone(), title_id.clone());
    let words = move || labels::dead_reason(i18n.get_locale(), reason);
    view! {
        <li class="panel">
            <header>
                <h2 id=title_id>{move || words().0}</h2>
                <Time at style=TimeStyle::Full />
            </header>
            <p>{move || words().1}</p>
            <Facts dead_letter />
            <div class="form-buttons">
                <ActionForm action=replay>
                    <input type="hidden" name="id" value=id.to_string() />
                    <button type="submit" class="button" aria-describedby=of_button>
                        <span>{move || t_string!(i18n, system.deliveries.replay)}</span>
                    </button>
                </ActionForm>
                <a class="button quiet" href=format!("/system/deliveries/{id}") aria-describedby=of_link>
                    <span>{move || t_string!(i18n, system.deliveries.open)}</span>
                </a>
            </div>
        </li>
    }
    .into_any()
}
