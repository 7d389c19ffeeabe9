//! Every queue with its members and how many wait in it.

use crate::{
    api::queues::queues,
    i18n::*,
    live::use_live,
    ui::{Badge, ButtonLink, Empty, IconName, Kind, Load, PageHead, Tone},
    words,
};
use domain::queue::QueueRow;
use leptos::prelude::*;

/// The list.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let rows = Resource::new(move || live.directory.get() + live.sessions.get(), |_| queues());
    let add = move || {
        view! {
            <ButtonLink href="/queues/new" kind=Kind::Primary icon=IconName::Plus>
                {move || t_string!(i18n, directory.queues.add)}
            </ButtonLink>
        }
    };
    let table = move |rows: Vec<QueueRow>| match rows.is_empty() {
        true => view! {
            <Empty
                icon=IconName::Queue
                title=move || t_string!(i18n, directory.queues.empty).to_owned()
                text=move || t_string!(i18n, directory.queues.empty_text).to_owned()
            >
                {add()}
            </Empty>
        }
        .into_any(),
        false => view! { <QueueTable rows /> }.into_any(),
    };
    view! {
        <PageHead title=move || t_string!(i18n, common.nav.queues).to_owned()>{add()}</PageHead>
        <Load from=rows view=table />
    }
    .into_any()
}

#[component]
fn QueueTable(rows: Vec<QueueRow>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: QueueRow| {
        let QueueRow {
            id,
            name,
            pick_up,
            members,
            disabled,
            waiting,
        } = row;
        let members: Vec<_> = members.into_iter().map(|member| member.name).collect();
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/queues/{id}")>{name}</a>
                </th>
                <td data-label=move || t_string!(i18n, directory.queues.members)>{members.join(", ")}</td>
                <td data-label=move || {
                    t_string!(i18n, directory.queues.pick_up)
                }>{move || words::pick_up(i18n.get_locale(), pick_up)}</td>
                <td data-label=move || t_string!(i18n, directory.queues.status)>
                    <Enabled disabled />
                </td>
                <td class="number" data-label=move || t_string!(i18n, directory.queues.waiting)>
                    {waiting}
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, directory.queues.name)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.queues.members)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.queues.pick_up)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.queues.status)}</th>
                    <th scope="col" class="number">
                        {move || t_string!(i18n, directory.queues.waiting)}
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

/// Whether an extension or a queue is in use.
#[component]
pub fn Enabled(disabled: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, word): (_, fn(Locale) -> &'static str) = match disabled {
        true => (Tone::Off, |locale| td_string!(locale, common.state.disabled)),
        false => (Tone::Good, |locale| td_string!(locale, common.state.enabled)),
    };
    view! { <Badge tone word=move || word(i18n.get_locale()) /> }.into_any()
}
