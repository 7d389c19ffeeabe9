//! Everybody who can log in, with their role and when they were last here.

use crate::{
    api::{Resource, users::users},
    i18n::*,
    labels,
    live::use_live,
    pages::directory::{DirectoryList, Enabled},
    ui::{IconName, Time},
};
use domain::access::UserRow;
use leptos::prelude::*;

/// The list.
#[component]
pub fn UsersPage() -> impl IntoView {
    let live = use_live();
    let rows = Resource::new(move || live.directory.get(), |_| users());
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.users)
            icon=IconName::Key
            empty=|locale| td_string!(locale, account.users.empty)
            empty_text=|locale| td_string!(locale, account.users.empty_text)
            add=|locale| td_string!(locale, account.users.add)
            add_path="/users/new"
            table=|rows| view! { <UserTable rows /> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn UserTable(rows: Vec<UserRow>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: UserRow| {
        let UserRow {
            id,
            login,
            name,
            role,
            extension,
            disabled,
            seen_at,
            ..
        } = row;
        let extension = move || match &extension {
            Some(extension) => extension.number.clone(),
            None => t_string!(i18n, common.none).to_owned(),
        };
        let seen = match seen_at {
            Some(at) => view! { <Time at /> }.into_any(),
            None => view! { {move || t_string!(i18n, account.users.nowhere)} }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/users/{id}") dir="auto">
                        {name}
                    </a>
                    <p class="hint">{login}</p>
                </th>
                <td data-label=move || t_string!(i18n, directory.extensions.role)>
                    {move || labels::role(i18n.get_locale(), role)}
                </td>
                <td data-label=move || t_string!(i18n, channels.extension)>{extension}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.status)>
                    <Enabled disabled />
                </td>
                <td data-label=move || t_string!(i18n, account.seen)>{seen}</td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, account.users.full_name)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.role)}</th>
                    <th scope="col">{move || t_string!(i18n, channels.extension)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.status)}</th>
                    <th scope="col">{move || t_string!(i18n, account.seen)}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}
