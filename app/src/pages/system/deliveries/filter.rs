//! Which dead letters are shown. The filter is in the address, and works as a plain form.

use crate::{api::deliveries::address, i18n::*, labels};
use domain::{
    dead_letter::{DeadReason, Filter, Within},
    refs::ChannelRef,
};
use leptos::prelude::*;
use leptos_router::components::Form;

/// One link per reason, with the number of dead letters.
#[component]
pub fn Reasons(counts: Vec<(DeadReason, u64)>, filter: Filter) -> impl IntoView {
    let i18n = use_i18n();
    if counts.is_empty() {
        return ().into_any();
    }
    let chosen = filter.reason;
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let link = move |reason: Option<DeadReason>, count: u64| {
        let href = address(
            &Filter {
                reason,
                ..filter.clone()
            },
            None,
        );
        let name = move || match reason {
            Some(reason) => labels::dead_reason(i18n.get_locale(), reason).0,
            None => t_string!(i18n, system.deliveries.all),
        };
        view! {
            <li>
                <a class="button quiet" href=href aria-current=(reason == chosen).then_some("true")>
                    <span>{name} " (" {count} ")"</span>
                </a>
            </li>
        }
    };
    let of_each: Vec<_> = counts
        .into_iter()
        .map(|(reason, count)| link(Some(reason), count))
        .collect();
    view! {
        <nav aria-label=move || t_string!(i18n, system.deliveries.by_reason)>
            <ul class="reasons-list">{link(None, total)} {of_each}</ul>
        </nav>
    }
    .into_any()
}

/// The rest of the filter.
#[component]
pub fn FilterForm(filter: Memo<Filter>, channels: Vec<ChannelRef>) -> impl IntoView {
    let i18n = use_i18n();
    let now = filter.get_untracked();
    let chosen = now.channel;
    let channels: Vec<_> = channels
        .into_iter()
        .map(|ChannelRef { id, name }| {
            let shown = move || match name.as_str() {
                "" => t_string!(i18n, channels.unnamed).to_owned(),
                name => name.to_owned(),
            };
            view! {
                <option value=id.to_string() selected=chosen == Some(id)>
                    {shown}
                </option>
            }
        })
        .collect();
    let times = Within::ALL.iter().copied().map(move |within| {
        view! {
            <option value=within.as_str() selected=now.within == Some(within)>
                {move || labels::within(i18n.get_locale(), within)}
            </option>
        }
    });
    let reason = move || filter.with(|filter| filter.reason.map(DeadReason::as_str).unwrap_or_default());
    view! {
        <Form method="GET" action="/system/deliveries" attr:class="filter">
            <input type="hidden" name="reason" value=reason />
            <div class="field">
                <label for="filter-channel">{move || t_string!(i18n, system.deliveries.arrived_at)}</label>
                <select class="input" id="filter-channel" name="channel">
                    <option value="">{move || t_string!(i18n, system.deliveries.any)}</option>
                    {channels}
                </select>
            </div>
            <div class="field">
                <label for="filter-number">{move || t_string!(i18n, system.deliveries.number)}</label>
                <input
                    class="input mono"
                    id="filter-number"
                    name="phone_number_id"
                    inputmode="numeric"
                    autocomplete="off"
                    value=now.phone_number_id.unwrap_or_default()
                />
            </div>
            <div class="field">
                <label for="filter-within">{move || t_string!(i18n, system.deliveries.within)}</label>
                <select class="input" id="filter-within" name="within">
                    <option value="">{move || t_string!(i18n, system.deliveries.ever)}</option>
                    {times.into_iter().collect_view()}
                </select>
            </div>
            <button type="submit" class="button">
                <span>{move || t_string!(i18n, system.deliveries.show)}</span>
            </button>
        </Form>
    }
    .into_any()
}
