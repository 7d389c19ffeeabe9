//! Every queue with its members and the number of sessions that wait in it.

use crate::{
    api::{Resource, queues::queues},
    i18n::*,
    labels,
    live::use_live,
    pages::directory::{DirectoryList, Enabled},
    ui::{Badge, IconName, Tone},
};
use domain::directory::QueueRow;
use leptos::prelude::*;

/// The list.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let live = use_live();
    let rows = Resource::new(move || live.directory.get() + live.sessions.get(), |_| queues());
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.queues)
            icon=IconName::Queue
            empty=|locale| td_string!(locale, directory.queues.empty)
            empty_text=|locale| td_string!(locale, directory.queues.empty_text)
            add=|locale| td_string!(locale, directory.queues.add)
            add_path="/queues/new"
            table=|rows| view! { <QueueTable rows /> }.into_any()
        />
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
            empty,
            disabled,
            waiting,
            distributes,
        } = row;
        let given = distributes.then(|| {
            view! { <p class="hint">{move || t_string!(i18n, directory.queues.given)}</p> }
        });
        let members: Vec<_> = members.into_iter().map(|member| member.name).collect();
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/queues/{id}")>{name}</a>
                </th>
                <td data-label=move || t_string!(i18n, directory.queues.members)>
                    {members.join(", ")} " "
                    {empty
                        .then(|| {
                            view! {
                                <span title=move || t_string!(i18n, directory.queues.nobody_text)>
                                    <Badge
                                        tone=Tone::Warning
                                        word=move || t_string!(i18n, directory.queues.nobody)
                                    />
                                </span>
                            }
                        })}
                </td>
                <td data-label=move || {
                    t_string!(i18n, directory.queues.pick_up)
                }>{move || labels::pick_up(i18n.get_locale(), pick_up)} {given}</td>
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
