//! The fields for moving sessions: one session in the inbox, many on the page of sessions.

use crate::{i18n::*, labels};
use domain::{
    channel::{DestinationRef, Destinations},
    session::MAX_REASON,
};
use leptos::prelude::*;

/// The destinations for sessions.
#[component]
pub fn TargetSelect(id: &'static str, destinations: Option<Destinations>) -> impl IntoView {
    let i18n = use_i18n();
    let options = |list: Vec<DestinationRef>| {
        let option = |target: DestinationRef| {
            let nobody = move || {
                target
                    .empty
                    .then(|| format!(" ({})", t_string!(i18n, channels.is_empty)))
            };
            let presence = target.presence.filter(|_| !target.empty);
            let presence =
                move || presence.map(|shown| format!(" – {}", labels::presence(i18n.get_locale(), shown)));
            view! {
                <option value=target.destination.to_string()>
                    {target.label}
                    {nobody}
                    {presence}
                </option>
            }
        };
        list.into_iter().map(option).collect_view()
    };
    let (queues, extensions) = destinations
        .map(|all| (all.queues, all.extensions))
        .unwrap_or_default();
    view! {
        <div class="field">
            <label for=id>{move || t_string!(i18n, inbox.transfer.to)}</label>
            <select id=id name="to" class="input" required>
                <option value="">{move || t_string!(i18n, inbox.transfer.choose)}</option>
                <optgroup label=move || t_string!(i18n, inbox.transfer.queues)>{options(queues)}</optgroup>
                <optgroup label=move || t_string!(i18n, inbox.transfer.extensions)>
                    {options(extensions)}
                </optgroup>
            </select>
        </div>
    }
    .into_any()
}

/// The reason, which the timeline shows.
#[component]
pub fn Reason(name: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let id = format!("reason-{name}");
    let hint = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.clone()>{move || t_string!(i18n, inbox.transfer.reason)}</label>
            <input
                id=id
                name="reason"
                class="input"
                autocomplete="off"
                maxlength=MAX_REASON.to_string()
                aria-describedby=hint.clone()
            />
            <p class="hint" id=hint>
                {move || t_string!(i18n, inbox.transfer.reason_hint)}
            </p>
        </div>
    }
    .into_any()
}
