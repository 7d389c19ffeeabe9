//! Every canned reply, by its short name.

use crate::{
    api::{
        Resource,
        canned_replies::{PATH, Row, canned_replies},
    },
    i18n::*,
    pages::directory::DirectoryList,
    ui::IconName,
};
use leptos::prelude::*;

/// The list.
#[component]
pub fn CannedRepliesPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| canned_replies());
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.canned_replies)
            icon=IconName::CannedReply
            empty=|locale| td_string!(locale, directory.canned_replies.empty)
            empty_text=|locale| td_string!(locale, directory.canned_replies.empty_text)
            add=|locale| td_string!(locale, directory.canned_replies.add)
            add_path="/canned-replies/new"
            table=|rows| view! { <Table rows /> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Table(rows: Vec<Row>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: Row| {
        let Row { reply, queue } = row;
        let names: Vec<_> = reply.file_names().collect();
        let names = names.join(", ");
        let everywhere = move || t_string!(i18n, directory.canned_replies.everywhere).to_owned();
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("{PATH}/{}", reply.id) translate="no">
                        "/"
                        {reply.shortcut}
                    </a>
                </th>
                <td
                    dir="auto"
                    data-label=move || t_string!(i18n, directory.canned_replies.text)
                >
                    <span class="canned-text">{reply.text}</span>
                    {(!names.is_empty()).then(|| view! { <p class="hint" translate="no">{names}</p> })}
                </td>
                <td data-label=move || {
                    t_string!(i18n, directory.canned_replies.queue)
                }>{move || queue.clone().unwrap_or_else(everywhere)}</td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, directory.canned_replies.shortcut)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.canned_replies.text)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.canned_replies.queue)}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}
