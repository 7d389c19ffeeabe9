//! Security › Audit log: who did what, with filters, which are in the address, and their export.

use crate::{
    api::{ApiError, Resource, audit::audit_log},
    i18n::*,
    labels::{self, audit as words},
    pages::filters::{self, with},
    ui::{Empty, IconName, Load, PageHead, Time, zone},
};
use domain::{
    access::{AuditAbout, AuditActor, AuditForm, AuditOutcome, AuditRow},
    page::Page,
    refusal::Refusal,
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

const PATH: &str = "/security/audit";

fn read(map: &ParamsMap) -> AuditForm {
    let text = |name| map.get_str(name).unwrap_or_default().to_owned();
    AuditForm {
        from: text("from"),
        to: text("to"),
        who: text("who"),
        about: text("about"),
        outcome: text("outcome"),
        address: text("address"),
    }
}

/// The address of the same filters.
fn href(path: &str, form: &AuditForm) -> String {
    filters::href(
        path,
        &[
            ("from", &form.from),
            ("to", &form.to),
            ("who", &form.who),
            ("about", &form.about),
            ("outcome", &form.outcome),
            ("address", &form.address),
        ],
    )
}

/// `/security/audit`. Events do not touch it: it is read like a report.
#[component]
pub fn AuditPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(read));
    let cursor = Memo::new(move |_| query.with(|map| map.get("cursor")));
    let page = Resource::new(
        move || (form.get(), cursor.get()),
        |(form, cursor)| audit_log(form, cursor),
    );
    let view = move |rows: Result<Page<AuditRow>, Refusal>| {
        let form = form.get_untracked();
        let rows = match rows {
            Ok(rows) => rows,
            Err(refusal) => {
                let why = move || labels::sentence(i18n.get_locale(), &ApiError::Refused(refusal.clone()));
                return view! {
                    <Filters form />
                    <p class="notice bad" role="alert">
                        {why}
                    </p>
                }
                .into_any();
            }
        };
        let older = rows.next_cursor.map(|cursor| {
            view! {
                <a class="button" href=with(&href(PATH, &form), "cursor", &cursor)>
                    {move || t_string!(i18n, audit.older)}
                </a>
            }
        });
        let rows = match rows.items.is_empty() {
            false => view! { <Rows rows=rows.items /> }.into_any(),
            true => view! {
                <Empty
                    icon=IconName::Search
                    title=move || t_string!(i18n, audit.empty).to_owned()
                    text=move || t_string!(i18n, audit.empty_text).to_owned()
                />
            }
            .into_any(),
        };
        view! {
            <Filters form />
            {rows}
            <p class="log-more">{older}</p>
        }
        .into_any()
    };
    view! {
        <PageHead title=move || t_string!(i18n, common.nav.audit).to_owned() />
        <p class="muted intro">{move || t_string!(i18n, audit.intro)}</p>
        <Load from=page view />
    }
    .into_any()
}

#[component]
fn Filters(form: AuditForm) -> impl IntoView {
    let i18n = use_i18n();
    let zone = zone::use_zone();
    let filter = form
        .check(|day| zone::begins(zone.as_ref(), day))
        .unwrap_or_default();
    // The export is no page, so it gets times and not days of a time zone.
    let days = AuditForm {
        from: String::new(),
        to: String::new(),
        ..form.clone()
    };
    let mut export = href("/security/audit.csv", &days);
    for (name, at) in [("from", filter.from), ("until", filter.until)] {
        if let Some(at) = at {
            export = with(&export, name, &at.millis().to_string());
        }
    }
    let clear = (!form.is_empty()).then(|| {
        view! {
            <a class="button quiet" href=PATH>
                {move || t_string!(i18n, audit.clear)}
            </a>
        }
    });
    let kinds = AuditAbout::ALL.iter().map(|&about| {
        let selected = form.about == about.as_str();
        view! {
            <option value=about.as_str() selected=selected>
                {move || words::about(i18n.get_locale(), about)}
            </option>
        }
    });
    let kinds = kinds.collect_view();
    let outcomes = AuditOutcome::ALL.iter().map(|&outcome| {
        let selected = form.outcome == outcome.as_str();
        view! {
            <option value=outcome.as_str() selected=selected>
                {move || words::outcome(i18n.get_locale(), outcome)}
            </option>
        }
    });
    let outcomes = outcomes.collect_view();
    let any = move || t_string!(i18n, audit.any);
    view! {
        <form class="log-filters panel" method="get" action=PATH role="search">
            <label>
                <span>{move || t_string!(i18n, audit.from)}</span>
                <input class="input" type="date" name="from" value=form.from />
            </label>
            <label>
                <span>{move || t_string!(i18n, audit.to)}</span>
                <input class="input" type="date" name="to" value=form.to />
            </label>
            <label>
                <span>{move || t_string!(i18n, audit.who)}</span>
                <input class="input" type="search" name="who" value=form.who autocomplete="off" />
            </label>
            <label>
                <span>{move || t_string!(i18n, audit.about)}</span>
                <select class="input" name="about">
                    <option value="">{any}</option>
                    {kinds}
                </select>
            </label>
            <label>
                <span>{move || t_string!(i18n, audit.outcome)}</span>
                <select class="input" name="outcome">
                    <option value="">{any}</option>
                    {outcomes}
                </select>
            </label>
            <label>
                <span>{move || t_string!(i18n, audit.address)}</span>
                <input
                    class="input mono"
                    name="address"
                    value=form.address
                    autocomplete="off"
                    spellcheck="false"
                />
            </label>
            <div class="log-buttons">
                <button type="submit" class="button primary">
                    {move || t_string!(i18n, audit.filter)}
                </button>
                {clear}
                <a class="button" href=export rel="external" download="audit.csv">
                    {move || t_string!(i18n, audit.export)}
                </a>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Rows(rows: Vec<AuditRow>) -> impl IntoView {
    let i18n = use_i18n();
    let body = rows.into_iter().map(|row| view! { <Row row /> }).collect_view();
    view! {
        <div class="log-scroll" role="region" tabindex="0" aria-label=move || t_string!(i18n, common.nav.audit)>
            <table class="table log">
                <thead>
                    <tr>
                        <th scope="col">{move || t_string!(i18n, audit.number)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.at)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.who)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.action)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.subject)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.outcome)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.address)}</th>
                        <th scope="col">{move || t_string!(i18n, audit.detail)}</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: AuditRow) -> impl IntoView {
    let i18n = use_i18n();
    let who = move || match &row.actor {
        AuditActor::User { login, .. } => login.clone(),
        AuditActor::Token { name, .. } => {
            format!("{} {name}", t_string!(i18n, audit.token))
        }
        AuditActor::System => t_string!(i18n, audit.system).to_owned(),
    };
    let action = move || words::action(i18n.get_locale(), &row.action).to_owned();
    let kind = row.subject.kind.parse().ok();
    let name = row.subject.name.unwrap_or_default();
    let subject = move || {
        let kind = kind.map(|kind| words::about(i18n.get_locale(), kind));
        format!("{} {name}", kind.unwrap_or_default()).trim().to_owned()
    };
    let refused = row.outcome == AuditOutcome::Refused;
    let (outcome, at) = (row.outcome, row.at);
    view! {
        <tr>
            <td class="nums" data-label=move || t_string!(i18n, audit.number)>
                {row.number}
            </td>
            <td class="nums" data-label=move || t_string!(i18n, audit.at)>
                <Time at />
            </td>
            <td dir="auto" translate="no" data-label=move || t_string!(i18n, audit.who)>
                {who}
            </td>
            <td data-label=move || t_string!(i18n, audit.action)>{action}</td>
            <td dir="auto" data-label=move || t_string!(i18n, audit.subject)>
                {subject}
            </td>
            <td class:refused=refused data-label=move || t_string!(i18n, audit.outcome)>
                {move || words::outcome(i18n.get_locale(), outcome)}
            </td>
            <td class="nums" data-label=move || t_string!(i18n, audit.address)>
                {row.address.unwrap_or_default()}
            </td>
            <td class="audit-detail" dir="auto" translate="no" data-label=move || t_string!(i18n, audit.detail)>
                {row.detail.unwrap_or_default()}
            </td>
        </tr>
    }
    .into_any()
}
