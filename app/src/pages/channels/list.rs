//! Every channel with its state. The badge opens the Health tab.

use super::findings;
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        channels::{AddChannel, channels},
    },
    i18n::*,
    labels,
    live::use_live,
    ui::{Badge, Empty, Icon, IconName, Load, Menu, PageHead, Time},
};
use domain::channel::{ChannelRow, Destination, DestinationRef};
use leptos::prelude::*;

#[component]
pub fn ChannelsPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let rows = Resource::new(move || live.channels.get() + live.directory.get(), |_| channels());
    let add = ServerAction::<AddChannel>::new();
    let table = move |rows: Vec<ChannelRow>| match rows.is_empty() {
        true => view! {
            <Empty
                icon=IconName::Channel
                title=move || t_string!(i18n, channels.empty).to_owned()
                text=move || t_string!(i18n, channels.empty_text).to_owned()
            >
                <ActionForm action=add>
                    <button type="submit" class="button primary">
                        <Icon name=IconName::Plus />
                        <span>{move || t_string!(i18n, channels.add_whatsapp)}</span>
                    </button>
                </ActionForm>
            </Empty>
        }
        .into_any(),
        false => view! { <ChannelTable rows /> }.into_any(),
    };
    let add_menu = move || {
        view! {
            <Menu
                class="button primary"
                summary=Box::new(move || {
                    view! {
                        <Icon name=IconName::Plus />
                        <span>{move || t_string!(i18n, common.button.add)}</span>
                        <Icon name=IconName::ChevronDown />
                    }
                        .into_any()
                })
            >
                <ActionForm action=add>
                    <button type="submit" class="menu-item">
                        <Icon name=IconName::Channel />
                        {move || t_string!(i18n, channels.whatsapp)}
                    </button>
                </ActionForm>
            </Menu>
        }
    };
    view! {
        <PageHead title=move || t_string!(i18n, channels.title).to_owned()>{add_menu()}</PageHead>
        <Load from=rows view=table />
    }
    .into_any()
}

#[component]
fn ChannelTable(rows: Vec<ChannelRow>) -> impl IntoView {
    let i18n = use_i18n();
    let head = view! {
        <thead>
            <tr>
                <th scope="col">{move || t_string!(i18n, channels.column.name)}</th>
                <th scope="col">{move || t_string!(i18n, channels.column.number)}</th>
                <th scope="col">{move || t_string!(i18n, channels.column.destination)}</th>
                <th scope="col">{move || t_string!(i18n, channels.column.status)}</th>
                <th scope="col">{move || t_string!(i18n, channels.column.last_inbound)}</th>
                <th scope="col" class="number">
                    {move || t_string!(i18n, channels.column.day)}
                </th>
            </tr>
        </thead>
    }
    .into_any();
    let body = rows
        .into_iter()
        .map(|row| view! { <ChannelLine row /> })
        .collect_view()
        .into_any();
    view! {
        <table class="table channels">
            {head} <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn ChannelLine(row: ChannelRow) -> impl IntoView {
    let i18n = use_i18n();
    let ChannelRow {
        id,
        name,
        phone_number,
        destination,
        badge,
        degraded_by,
        last_inbound_at,
        ..
    } = row;
    let (inbound, outbound) = (row.inbound_day, row.outbound_day);
    let none = move || t_string!(i18n, common.none);
    let reasons = (!degraded_by.is_empty()).then(|| {
        let names = move || {
            let locale = i18n.get_locale();
            let names: Vec<_> = degraded_by
                .iter()
                .map(|check| findings::check(locale, *check))
                .collect();
            names.join(", ")
        };
        view! { <span class="reasons">{names}</span> }
    });
    let shown_name = move || match name.as_str() {
        "" => t_string!(i18n, channels.unnamed).to_owned(),
        name => name.to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/channels/{id}")>{shown_name}</a>
            </th>
            <td class="nums" data-label=move || t_string!(i18n, channels.column.number)>
                {phone_number
                    .map_or_else(
                        || none.into_any(),
                        |number| view! { <span>{labels::phone(&number)}</span> }.into_any(),
                    )}
            </td>
            <td data-label=move || t_string!(i18n, channels.column.destination)>
                {destination
                    .map_or_else(
                        || none.into_any(),
                        |destination| view! { <DestinationName destination /> }.into_any(),
                    )}
            </td>
            <td data-label=move || t_string!(i18n, channels.column.status)>
                <a class="plain" href=format!("/channels/{id}/health")>
                    <Badge tone=badge.into() word=move || labels::badge(i18n.get_locale(), badge) />
                    {reasons}
                </a>
            </td>
            <td data-label=move || t_string!(i18n, channels.column.last_inbound)>
                {last_inbound_at
                    .map_or_else(|| none.into_any(), |at| view! { <Time at /> }.into_any())}
            </td>
            <td
                class="number"
                data-label=move || t_string!(i18n, channels.column.day)
                title=move || t_string!(i18n, channels.day_numbers, inbound, outbound)
            >
                {format!("↓{inbound} ↑{outbound}")}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn DestinationName(destination: DestinationRef) -> impl IntoView {
    let i18n = use_i18n();
    let (icon, kind): (_, fn(Locale) -> &'static str) = match destination.destination {
        Destination::Extension(_) => (IconName::Extension, |locale| {
            td_string!(locale, channels.extension)
        }),
        Destination::Queue(_) => (IconName::Queue, |locale| td_string!(locale, channels.queue)),
    };
    let (is_disabled, is_empty) = (destination.disabled, destination.empty);
    let note = move || match (is_disabled, is_empty) {
        (true, _) => Some(format!("({})", t_string!(i18n, channels.is_disabled))),
        (false, true) => Some(format!("({})", t_string!(i18n, channels.is_empty))),
        (false, false) => None,
    };
    view! {
        <span class="with-icon" title=move || kind(i18n.get_locale())>
            <Icon name=icon />
            <span>{destination.label} " " {note}</span>
        </span>
    }
    .into_any()
}
