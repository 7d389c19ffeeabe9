//! The session log: all sessions with filters, which are in the address, and their export. Open ones are transferred or
//! closed together.

use super::{
    bulk::{BulkActions, BulkFields, Done, Select, SelectAll},
    filters::{self, with},
    in_group::InGroup,
};
use crate::{
    api::{
        ActionForm, ApiError, Resource,
        session_log::{LogPage, session_log},
    },
    i18n::*,
    labels,
    ui::{Empty, IconName, Load, PageHead, Time, zone},
};
use domain::{
    channel::Destinations,
    ids::SessionId,
    phone,
    session::{LogChoices, LogForm, LogState, SessionRow, State},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

const PATH: &str = "/session-log";

fn read(map: &ParamsMap) -> LogForm {
    let text = |name| map.get_str(name).unwrap_or_default().to_owned();
    LogForm {
        from: text("from"),
        to: text("to"),
        customer: text("customer"),
        of: text("of"),
        channel: text("channel"),
        state: text("state"),
        id: text("id"),
    }
}

/// The address of the same filters.
fn href(path: &str, form: &LogForm) -> String {
    filters::href(
        path,
        &[
            ("from", &form.from),
            ("to", &form.to),
            ("customer", &form.customer),
            ("of", &form.of),
            ("channel", &form.channel),
            ("state", &form.state),
            ("id", &form.id),
        ],
    )
}

/// `/session-log`. Events do not touch it: it is read like a report.
#[component]
pub fn SessionLogPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(read));
    let cursor = Memo::new(move |_| query.with(|map| map.get("cursor")));
    let page = Resource::new(
        move || (form.get(), cursor.get()),
        |(form, cursor)| session_log(form, cursor),
    );
    let actions = BulkActions::new(move || page.refetch());
    let view = move |page: LogPage| {
        let LogPage {
            sessions,
            choices,
            targets,
            bulk,
        } = page;
        let form = form.get_untracked();
        let sessions = match sessions {
            Ok(sessions) => sessions,
            Err(refusal) => {
                let why = move || labels::sentence(i18n.get_locale(), &ApiError::Refused(refusal.clone()));
                return view! {
                    <Filters form choices />
                    <p class="notice bad" role="alert">
                        {why}
                    </p>
                }
                .into_any();
            }
        };
        let more = sessions.next_cursor.is_some();
        let none = sessions.items.is_empty();
        let older = sessions.next_cursor.map(|cursor| {
            let href = with(&href(PATH, &form), "cursor", &cursor);
            view! {
                <a class="button" href=href>
                    {move || t_string!(i18n, directory.log.older)}
                </a>
            }
        });
        let back = match cursor.get_untracked() {
            Some(cursor) => with(&href(PATH, &form), "cursor", &cursor),
            None => href(PATH, &form),
        };
        let done = view! { <Done actions answer=bulk back=back.clone() /> };
        let rows = match (none, more) {
            (false, _) => view! { <Rows rows=sessions.items actions targets back /> }.into_any(),
            (true, true) => {
                view! { <p class="notice">{move || t_string!(i18n, directory.log.none_yet)}</p> }.into_any()
            }
            (true, false) => view! {
                <Empty
                    icon=IconName::Search
                    title=move || t_string!(i18n, directory.log.empty).to_owned()
                    text=move || t_string!(i18n, directory.log.empty_text).to_owned()
                />
            }
            .into_any(),
        };
        view! {
            <Filters form choices />
            {done}
            {rows}
            <p class="log-more">{older}</p>
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, common.nav.session_log).to_owned() />
        <Load from=page view />
    }
    .into_any()
}

#[component]
fn Filters(form: LogForm, choices: LogChoices) -> impl IntoView {
    let i18n = use_i18n();
    let zone = zone::use_zone();
    let filter = form
        .check(|day| zone::begins(zone.as_ref(), day))
        .unwrap_or_default();
    // The export is no page, so it gets times and not days of a time zone.
    let export = {
        let millis = |at: Option<domain::time::Timestamp>| at.map(|at| at.millis().to_string());
        let days = LogForm {
            from: String::new(),
            to: String::new(),
            ..form.clone()
        };
        let mut export = href("/session-log.csv", &days);
        for (name, at) in [("from", filter.from), ("until", filter.until)] {
            if let Some(at) = millis(at) {
                export = with(&export, name, &at);
            }
        }
        export
    };
    let clear = (!form.is_empty()).then(|| {
        view! {
            <a class="button quiet" href=PATH>
                {move || t_string!(i18n, directory.log.clear)}
            </a>
        }
    });
    let options = |list: Vec<(String, String)>, chosen: &str| {
        let option = |(value, label): (String, String)| {
            let selected = value == chosen;
            view! {
                <option value=value selected=selected>
                    {label}
                </option>
            }
        };
        list.into_iter().map(option).collect_view()
    };
    let spelled = |kind: &str, id: String, name: String| (format!("{kind}:{id}"), name);
    let extensions = choices.extensions.into_iter();
    let extensions = extensions
        .map(|(id, name)| spelled("extension", id.to_string(), name))
        .collect();
    let queues = choices.queues.into_iter();
    let queues = queues
        .map(|(id, name)| spelled("queue", id.to_string(), name))
        .collect();
    let channels = choices
        .channels
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let (extensions, queues) = (options(extensions, &form.of), options(queues, &form.of));
    let channels = options(channels, &form.channel);
    let (nobody, disabled) = (form.of == "nobody", form.of == "disabled");
    let states = LogState::ALL.map(|state| {
        let selected = form.state == state.as_str();
        view! {
            <option value=state.as_str() selected=selected>
                {move || word(i18n.get_locale(), state)}
            </option>
        }
    });
    let states = states.into_iter().collect_view();
    let any = move || t_string!(i18n, directory.log.any);
    view! {
        <form class="log-filters panel" method="get" action=PATH role="search">
            <label>
                <span>{move || t_string!(i18n, directory.log.from)}</span>
                <input class="input" type="date" name="from" value=form.from />
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.to)}</span>
                <input class="input" type="date" name="to" value=form.to />
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.customer)}</span>
                <input class="input" type="search" name="customer" value=form.customer autocomplete="off" />
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.of)}</span>
                <select class="input" name="of">
                    <option value="">{any}</option>
                    <option value="nobody" selected=nobody>
                        {move || t_string!(i18n, directory.log.nobody)}
                    </option>
                    <option value="disabled" selected=disabled>
                        {move || t_string!(i18n, directory.log.disabled)}
                    </option>
                    <optgroup label=move || t_string!(i18n, common.nav.extensions)>{extensions}</optgroup>
                    <optgroup label=move || t_string!(i18n, common.nav.queues)>{queues}</optgroup>
                </select>
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.channel)}</span>
                <select class="input" name="channel">
                    <option value="">{any}</option>
                    {channels}
                </select>
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.state)}</span>
                <select class="input" name="state">
                    <option value="">{any}</option>
                    {states}
                </select>
            </label>
            <label>
                <span>{move || t_string!(i18n, directory.log.id)}</span>
                <input class="input mono" name="id" value=form.id autocomplete="off" spellcheck="false" />
            </label>
            <div class="log-buttons">
                <button type="submit" class="button primary">
                    {move || t_string!(i18n, directory.log.filter)}
                </button>
                {clear}
                <a class="button" href=export rel="external" download="session-log.csv">
                    {move || t_string!(i18n, directory.log.export)}
                </a>
            </div>
        </form>
    }
    .into_any()
}

fn word(locale: Locale, state: LogState) -> &'static str {
    match state {
        LogState::Open => td_string!(locale, directory.log.open),
        LogState::Waiting => td_string!(locale, directory.log.waiting),
        LogState::Assigned => td_string!(locale, directory.log.assigned),
        LogState::Closed => td_string!(locale, directory.log.closed),
    }
}

#[component]
fn Rows(rows: Vec<SessionRow>, actions: BulkActions, targets: Destinations, back: String) -> impl IntoView {
    let any_open = rows.iter().any(|row| row.state != State::Closed);
    let table = view! { <Table rows any_open /> };
    match any_open {
        true => view! {
            <ActionForm action=actions.act>
                {table}
                <div class="log-bulk panel">
                    <BulkFields actions targets back />
                </div>
            </ActionForm>
        }
        .into_any(),
        false => table.into_any(),
    }
}

#[component]
fn Table(rows: Vec<SessionRow>, any_open: bool) -> impl IntoView {
    let i18n = use_i18n();
    let select_all = any_open.then(|| view! { <SelectAll /> });
    let body = rows
        .into_iter()
        .map(|row| view! { <Row row selectable=any_open /> })
        .collect_view()
        .into_any();
    view! {
        <div
            class="log-scroll"
            role="region"
            tabindex="0"
            aria-label=move || t_string!(i18n, common.nav.session_log)
        >
            <table class="table log">
                <thead>
                    <tr>
                        <th scope="col">
                            <span class="selectable">
                                {select_all} <span>{move || t_string!(i18n, directory.log.customer)}</span>
                            </span>
                        </th>
                        <th scope="col">{move || t_string!(i18n, directory.log.number)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.channel)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.of)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.opened)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.last)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.state)}</th>
                        <th scope="col">{move || t_string!(i18n, directory.log.id)}</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: SessionRow, selectable: bool) -> impl IntoView {
    let i18n = use_i18n();
    let id: SessionId = row.id;
    let select = selectable.then(|| match row.state {
        State::Closed => view! { <span class="no-box"></span> }.into_any(),
        State::Waiting | State::Assigned => view! { <Select row=&row checked=false /> }.into_any(),
    });
    let state = match row.state {
        State::Waiting => LogState::Waiting,
        State::Assigned => LogState::Assigned,
        State::Closed => LogState::Closed,
    };
    let number = row
        .contact
        .number
        .as_deref()
        .map(phone::grouped)
        .unwrap_or_default();
    let owner = row.owner.map(|owner| format!("{} {}", owner.number, owner.name));
    let queue = row.queue.map(|queue| queue.name);
    let holder = [owner, queue]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let (opened, last) = (row.opened_at, row.last_message_at);
    let customer = row.contact.label.clone();
    // Links of a table are told apart by their names.
    let save = move || format!("{}: {customer}", t_string!(i18n, directory.log.save));
    view! {
        <tr>
            <th scope="row">
                <span class="selectable">
                    {select}
                    <a href=format!("/inbox/{id}?tab=all") dir="auto" translate="no">
                        {row.contact.label}
                    </a>
                    {row.group.then(|| view! { <InGroup /> })}
                </span>
            </th>
            <td class="nums" data-label=move || t_string!(i18n, directory.log.number)>
                {number}
            </td>
            <td dir="auto" data-label=move || t_string!(i18n, directory.log.channel)>
                {row.channel.name}
            </td>
            <td dir="auto" data-label=move || t_string!(i18n, directory.log.of)>
                {holder}
            </td>
            <td class="nums" data-label=move || t_string!(i18n, directory.log.opened)>
                <Time at=opened />
            </td>
            <td class="nums" data-label=move || t_string!(i18n, directory.log.last)>
                <Time at=last />
            </td>
            <td data-label=move || {
                t_string!(i18n, directory.log.state)
            }>{move || word(i18n.get_locale(), state)}</td>
            <td data-label=move || t_string!(i18n, directory.log.id)>
                <span class="log-id">
                    <span class="mono">{id.to_string()}</span>
                    <a
                        href=format!("/session-log/{id}/conversation.zip")
                        rel="external"
                        download=format!("conversation-{id}.zip")
                        aria-label=save
                    >
                        {move || t_string!(i18n, directory.log.save)}
                    </a>
                </span>
            </td>
        </tr>
    }
    .into_any()
}
