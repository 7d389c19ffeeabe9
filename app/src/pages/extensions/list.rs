//! Every extension with its log-in and how many sessions it has.

use crate::{
    api::{Resource, extensions::extensions},
    i18n::*,
    labels,
    live::use_live,
    pages::directory::{DirectoryList, Enabled},
    presence::PresenceBadge,
    ui::IconName,
};
use domain::directory::ExtensionRow;
use leptos::prelude::*;

/// The list.
#[component]
pub fn ExtensionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let live = use_live();
    let rows = Resource::new(
        move || live.directory.get() + live.sessions.get(),
        |_| extensions(),
    );
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.extensions)
            icon=IconName::Extension
            empty=|locale| td_string!(locale, directory.extensions.empty)
            empty_text=|locale| td_string!(locale, directory.extensions.empty_text)
            add=|locale| td_string!(locale, directory.extensions.add)
            add_path="/extensions/new"
            table=|rows| view! { <ExtensionTable rows /> }.into_any()
        />
        <p>
            <a href="/extensions/import">{move || t_string!(i18n, directory.import.link)}</a>
        </p>
    }
    .into_any()
}

#[component]
fn ExtensionTable(rows: Vec<ExtensionRow>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: ExtensionRow| {
        let ExtensionRow {
            id,
            number,
            name,
            login,
            role,
            disabled,
            open_sessions,
            presence,
            ..
        } = row;
        let presence = (login.is_some() && !disabled).then(|| view! { <PresenceBadge shown=presence /> });
        let login = move || match &login {
            Some(login) => login.clone(),
            None => t_string!(i18n, directory.extensions.no_login).to_owned(),
        };
        let role = move || match role {
            Some(role) => labels::role(i18n.get_locale(), role),
            None => t_string!(i18n, common.none),
        };
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/extensions/{id}")>
                        <span class="nums">{number}</span>
                        " "
                        {name}
                    </a>
                </th>
                <td data-label=move || t_string!(i18n, directory.extensions.log_in)>{login}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.role)>{role}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.status)>
                    <Enabled disabled />
                    " "
                    {presence}
                </td>
                <td class="number" data-label=move || t_string!(i18n, directory.extensions.open_sessions)>
                    {open_sessions}
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, channels.extension)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.log_in)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.role)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.status)}</th>
                    <th scope="col" class="number">
                        {move || t_string!(i18n, directory.extensions.open_sessions)}
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}
