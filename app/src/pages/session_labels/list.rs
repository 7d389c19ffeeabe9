//! Every label, by name.

use crate::{
    api::{
        Resource,
        labels::{PATH, labels},
    },
    i18n::*,
    pages::directory::DirectoryList,
    ui::IconName,
};
use domain::refs::LabelRef;
use leptos::prelude::*;

/// The list.
#[component]
pub fn LabelsPage() -> impl IntoView {
    let rows = Resource::new(|| (), |()| labels());
    view! {
        <DirectoryList
            rows
            title=|locale| td_string!(locale, common.nav.labels)
            icon=IconName::Label
            empty=|locale| td_string!(locale, directory.labels.empty)
            empty_text=|locale| td_string!(locale, directory.labels.empty_text)
            add=|locale| td_string!(locale, directory.labels.add)
            add_path="/labels/new"
            table=|rows| view! { <Table rows /> }.into_any()
        />
    }
    .into_any()
}

#[component]
fn Table(rows: Vec<LabelRef>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |label: LabelRef| {
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("{PATH}/{}", label.id) dir="auto" translate="no">
                        {label.name}
                    </a>
                </th>
                <td>
                    <a href=format!("/inbox?tab=all&label={}", label.id)>
                        {move || t_string!(i18n, directory.labels.sessions)}
                    </a>
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, directory.labels.name)}</th>
                    <th scope="col"></th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}
