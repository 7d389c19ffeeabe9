//! The events that a webhook has not got, and sending events again.

use super::{page::Shown, paging::Paging};
use crate::{
    api::{
        ActionForm, ApiResult, Resource, ServerAction,
        webhooks::{
            address_of_undelivered,
            calls::{ReplayAllCalls, ReplayCall, ReplayCallsSince, Undelivered, undelivered_calls},
        },
    },
    i18n::*,
    labels,
    live::use_live,
    pages::url::{id_in_url, known},
    ui::{
        Button, Empty, IconName, Load, Time,
        form::{FormAnswer, on_answer},
        use_toasts,
    },
};
use domain::{
    dead_letter::Within,
    ids::WebhookId,
    webhook::{Call, Replayed},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn UndeliveredTab() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let live = use_live();
    let id = id_in_url::<WebhookId>();
    let query = use_query_map();
    let cursor = Memo::new(move |_| query.with(|query| query.get("cursor")));
    let stored = Resource::new(
        move || (id.get(), cursor.get(), live.webhooks.get()),
        |(id, cursor, _)| async move { undelivered_calls(known(id)?, cursor).await },
    );
    let Shown(shown) = expect_context();
    let one = ServerAction::<ReplayCall>::new();
    let all = ServerAction::<ReplayAllCalls>::new();
    let since = ServerAction::<ReplayCallsSince>::new();
    let said = move |answer: &ApiResult<Replayed>| {
        if let Ok(replayed) = answer {
            toasts.say(labels::webhooks::replayed(i18n.get_locale_untracked(), *replayed));
            stored.refetch();
            shown.refetch();
        }
    };
    on_answer(one, said);
    on_answer(all, said);
    on_answer(since, said);
    let view = move |page: Undelivered| {
        let Some(id) = id.get_untracked() else {
            return ().into_any();
        };
        let is_first = cursor.get_untracked().is_none();
        let Undelivered {
            calls,
            waiting,
            replayed,
        } = page;
        let replayed = replayed.map(|replayed| {
            let words = move || labels::webhooks::replayed(i18n.get_locale(), replayed);
            view! { <p class="notice">{words}</p> }
        });
        let is_empty = is_first && calls.items.is_empty();
        let replay_all = (waiting > 0 || !is_empty).then(|| view! { <ReplayAll id action=all /> });
        let list = match is_empty {
            true => view! {
                <Empty
                    icon=IconName::Check
                    title=move || t_string!(i18n, system.webhooks.none_given_up).to_owned()
                    text=move || t_string!(i18n, system.webhooks.none_given_up_text).to_owned()
                />
            }
            .into_any(),
            false => view! {
                <Calls id calls=calls.items action=one />
                <Paging path=address_of_undelivered(id) is_first next=calls.next_cursor />
            }
            .into_any(),
        };
        view! {
            {replayed}
            {replay_all}
            {list}
            <ReplaySince id action=since />
        }
        .into_any()
    };
    view! {
        <FormAnswer action=one />
        <FormAnswer action=all />
        <FormAnswer action=since />
        <Load from=stored view />
    }
    .into_any()
}

#[component]
fn ReplayAll(id: WebhookId, action: ServerAction<ReplayAllCalls>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="around">
            <p class="muted">{move || t_string!(i18n, system.webhooks.replay_text)}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true icon=IconName::Refresh busy=action.pending()>
                    {move || t_string!(i18n, system.webhooks.replay_all)}
                </Button>
            </ActionForm>
        </div>
    }
    .into_any()
}

#[component]
fn Calls(id: WebhookId, calls: Vec<Call>, action: ServerAction<ReplayCall>) -> impl IntoView {
    let i18n = use_i18n();
    let body = calls
        .into_iter()
        .map(|call| view! { <Line id call action /> })
        .collect_view()
        .into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.event_name)}</th>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.happened)}</th>
                    <th scope="col">{move || t_string!(i18n, system.webhooks.given_up_at)}</th>
                    <th scope="col" class="number">
                        {move || t_string!(i18n, system.webhooks.tried)}
                    </th>
                    <th scope="col">
                        <span class="sr-only">{move || t_string!(i18n, system.webhooks.replay)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn Line(id: WebhookId, call: Call, action: ServerAction<ReplayCall>) -> impl IntoView {
    let i18n = use_i18n();
    let Call { kind, event, at, .. } = call;
    let label = {
        let event = event.clone();
        move || t_string!(i18n, system.webhooks.replay_of, event = event.clone()).to_string()
    };
    let given_up = call.given_up_at.map(|at| view! { <Time at /> });
    let session = call.session.map(|session| {
        view! {
            <a href=format!("/inbox/{session}?tab=all")>
                {move || t_string!(i18n, system.webhooks.session)}
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {move || labels::webhooks::event_type(i18n.get_locale(), &kind).to_owned()}
                <p class="hint mono webhook-words" translate="no">
                    {event}
                </p>
                {session}
            </th>
            <td data-label=move || t_string!(i18n, system.webhooks.happened)>
                <Time at />
            </td>
            <td data-label=move || t_string!(i18n, system.webhooks.given_up_at)>{given_up}</td>
            <td class="number" data-label=move || t_string!(i18n, system.webhooks.tried)>
                {call.attempts}
            </td>
            <td>
                <ActionForm action>
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="call" value=call.id.to_string() />
                    <button type="submit" class="button" aria-label=label>
                        {move || t_string!(i18n, system.webhooks.replay)}
                    </button>
                </ActionForm>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn ReplaySince(id: WebhookId, action: ServerAction<ReplayCallsSince>) -> impl IntoView {
    let i18n = use_i18n();
    let times = Within::ALL.iter().map(|&within| {
        view! {
            <option value=within.as_str()>{move || labels::within(i18n.get_locale(), within)}</option>
        }
    });
    let times = times.collect_view().into_any();
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, system.webhooks.since)}</h2>
            <p>{move || t_string!(i18n, system.webhooks.since_text)}</p>
            <ActionForm action attr:class="filter">
                <input type="hidden" name="id" value=id.to_string() />
                <div class="field">
                    <label for="webhook-within">{move || t_string!(i18n, system.webhooks.happened)}</label>
                    <select class="input" id="webhook-within" name="within">
                        {times}
                        <option value="">{move || t_string!(i18n, system.webhooks.kept)}</option>
                    </select>
                </div>
                <Button submit=true icon=IconName::Refresh busy=action.pending()>
                    {move || t_string!(i18n, system.webhooks.replay)}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}
