//! Open sessions by holder, so that a supervisor finds those that nobody attends to, and moves or closes them
//! together.

use super::{
    bulk::{BulkActions, BulkFields, Done, Select},
    in_group::InGroup,
};
use crate::{
    api::{
        ActionForm, Resource,
        transfers::{SessionsPage as Page, Shown, sessions},
    },
    i18n::*,
    presence::PresenceBadge,
    ui::{Badge, Empty, IconName, Load, PageHead, Time, Tone},
};
use domain::session::{Holder, HolderRow, SessionRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const PATH: &str = "/sessions";

/// `/sessions`, and `/sessions?of=HOLDER`. Events do not touch it, so that no event discards a selection or input.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let of = Memo::new(move |_| query.with(|query| query.get("of").unwrap_or_default()));
    let page = Resource::new(move || of.get(), sessions);
    let actions = BulkActions::new(move || page.refetch());
    let view = move |page: Page| {
        let Page { holders, shown, bulk } = page;
        let back = match &shown {
            Some(shown) => format!("{PATH}?of={}", shown.holder),
            None => PATH.to_owned(),
        };
        let said = view! { <Done actions answer=bulk back=back.clone() /> };
        if holders.is_empty() {
            return view! {
                {said}
                <Empty
                    icon=IconName::Inbox
                    title=move || t_string!(i18n, directory.sessions.empty).to_owned()
                    text=move || t_string!(i18n, directory.sessions.empty_text).to_owned()
                />
            }
            .into_any();
        }
        let who = shown.as_ref().and_then(|shown| {
            let row = holders.iter().find(|row| row.holder == shown.holder)?;
            Some(row.clone())
        });
        let holders = view! { <Holders rows=holders shown=shown.as_ref().map(|shown| shown.holder) /> };
        let shown = match shown {
            Some(shown) => view! { <ShownSessions shown who actions back /> }.into_any(),
            None => view! { <p class="notice">{move || t_string!(i18n, directory.sessions.choose)}</p> }
                .into_any(),
        };
        view! {
            {said}
            {holders}
            {shown}
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, directory.sessions.title).to_owned() />
        <Load from=page view />
    }
    .into_any()
}

fn name(locale: Locale, row: &HolderRow) -> String {
    match &row.label {
        Some(label) => label.clone(),
        None => td_string!(locale, directory.sessions.nobody).to_owned(),
    }
}

#[component]
fn Holders(rows: Vec<HolderRow>, shown: Option<Holder>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |row: HolderRow| {
        let open = row.open;
        let href = format!("/sessions?of={}", row.holder);
        let current = (shown == Some(row.holder)).then_some("true");
        let unattended = row.unattended.then(|| {
            view! {
                <Badge tone=Tone::Warning word=move || t_string!(i18n, directory.sessions.unattended) />
            }
        });
        let presence = row.presence.filter(|_| !row.unattended);
        let presence = presence.map(|shown| view! { <PresenceBadge shown /> });
        let nobody = (row.holder == Holder::Nobody).then(|| {
            view! { <p class="hint">{move || t_string!(i18n, directory.sessions.nobody_text)}</p> }
        });
        view! {
            <tr>
                <th scope="row">
                    <a href=href aria-current=current>
                        {move || name(i18n.get_locale(), &row)}
                    </a>
                    " "
                    {unattended}
                    {presence}
                    {nobody}
                </th>
                <td class="number" data-label=move || t_string!(i18n, directory.sessions.open)>
                    {open}
                </td>
            </tr>
        }
    };
    let body = rows.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, directory.sessions.holder)}</th>
                    <th scope="col" class="number">
                        {move || t_string!(i18n, directory.sessions.open)}
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn ShownSessions(shown: Shown, who: Option<HolderRow>, actions: BulkActions, back: String) -> impl IntoView {
    let i18n = use_i18n();
    let Shown {
        sessions, targets, ..
    } = shown;
    if sessions.items.is_empty() {
        return view! { <p>{move || t_string!(i18n, directory.sessions.none)}</p> }.into_any();
    }
    let title = move || {
        let who = who.as_ref().map(|row| name(i18n.get_locale(), row));
        t_string!(i18n, directory.sessions.of, who = who.unwrap_or_default()).to_string()
    };
    let count = sessions.items.len();
    let more = sessions.next_cursor.is_some().then(|| {
        view! {
            <p class="hint">
                {move || t_string!(i18n, directory.sessions.some_more, count = count).to_string()}
            </p>
        }
    });
    let lines = sessions
        .items
        .into_iter()
        .map(|row| view! { <SessionLine row /> });
    let lines = lines.collect_view().into_any();
    view! {
        <section class="held">
            <h2>{title}</h2>
            {more}
            <ActionForm action=actions.act>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{move || t_string!(i18n, directory.sessions.customer)}</th>
                            <th scope="col">{move || t_string!(i18n, inbox.details.channel)}</th>
                            <th scope="col">{move || t_string!(i18n, directory.sessions.last)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
                <BulkFields actions targets back />
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn SessionLine(row: SessionRow) -> impl IntoView {
    let i18n = use_i18n();
    let id = row.id;
    let select = view! { <Select row=&row checked=true /> };
    let label = row.contact.label;
    view! {
        <tr>
            <th scope="row">
                <span class="selectable">
                    {select}
                    <a href=format!("/inbox/{id}?tab=all") dir="auto">
                        {label}
                    </a>
                    {row.group.then(|| view! { <InGroup /> })}
                </span>
            </th>
            <td data-label=move || t_string!(i18n, inbox.details.channel)>{row.channel.name}</td>
            <td data-label=move || t_string!(i18n, directory.sessions.last)>
                <Time at=row.last_message_at />
            </td>
        </tr>
    }
    .into_any()
}
