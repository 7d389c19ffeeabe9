//! Open sessions by holder, so that a supervisor finds those that nobody attends to, and moves or closes them
//! together.

use super::{
    in_group::InGroup,
    transfer_fields::{Reason, TargetSelect},
};
use crate::{
    api::{
        ActionForm, ApiError, Resource, ServerAction,
        transfers::{ActOnAll, BulkAnswer, SessionsPage as Page, Shown, Undo, sessions},
    },
    i18n::*,
    labels,
    presence::PresenceBadge,
    ui::{Badge, Button, Empty, IconName, Kind, Load, PageHead, Time, Tone, form::on_answer},
};
use domain::{
    ids::SessionId,
    session::{BulkAction, Holder, HolderRow, SessionRow},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/sessions`, and `/sessions?of=HOLDER`. Events do not touch it, so that no event discards a selection or input.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let of = Memo::new(move |_| query.with(|query| query.get("of").unwrap_or_default()));
    let page = Resource::new(move || of.get(), sessions);
    let act = ServerAction::<ActOnAll>::new();
    let undo = ServerAction::<Undo>::new();
    // Shown until something else is done: who needs longer to read it can still take it back.
    let done = RwSignal::new(None::<BulkAnswer>);
    let answered = move |answer: &Result<BulkAnswer, ApiError>| {
        if let Ok(answer) = answer {
            done.set(Some(answer.clone()));
            page.refetch();
        }
    };
    on_answer(act, answered);
    on_answer(undo, answered);
    let view = move |page: Page| {
        let Page { holders, shown, bulk } = page;
        let said = view! { <Said answer=Signal::derive(move || done.get().or_else(|| bulk.clone())) undo /> };
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
            Some(shown) => view! { <ShownSessions shown who act /> }.into_any(),
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

/// What was done last, and the button that takes it back.
#[component]
fn Said(answer: Signal<Option<BulkAnswer>>, undo: ServerAction<Undo>) -> impl IntoView {
    let i18n = use_i18n();
    let said = move |answer: BulkAnswer| {
        let words = {
            let answer = answer.clone();
            move || words_of(i18n.get_locale(), &answer)
        };
        let form = answer.can_be_undone().then(|| {
            let action = match answer.action {
                BulkAction::Transfer => "transfer",
                BulkAction::Close => "close",
            };
            let session =
                |id: &SessionId| view! { <input type="hidden" name="sessions[]" value=id.to_string() /> };
            let sessions = answer.bulk.done.iter().map(session).collect_view();
            view! {
                <ActionForm action=undo>
                    <input type="hidden" name="action" value=action />
                    <input type="hidden" name="from" value=answer.from.clone() />
                    <input type="hidden" name="to" value=answer.to.clone() />
                    {sessions}
                    <Button submit=true busy=undo.pending()>
                        {move || t_string!(i18n, directory.sessions.undo)}
                    </Button>
                </ActionForm>
            }
        });
        let failed = move || {
            let error = undo.outcome().and_then(Result::err)?;
            Some(view! { <p class="problem">{labels::sentence(i18n.get_locale(), &error)}</p> })
        };
        view! {
            <div class="notice good bulk-done">
                <p>{words}</p>
                {form}
                <div role="alert">{failed}</div>
            </div>
        }
    };
    view! { <div role="status">{move || answer.get().map(said)}</div> }.into_any()
}

fn words_of(locale: Locale, answer: &BulkAnswer) -> String {
    let count = answer.bulk.count();
    let done = match (answer.undone, answer.action) {
        (true, _) => td_string!(locale, directory.sessions.undone, count = count),
        (false, BulkAction::Transfer) => td_string!(locale, directory.sessions.moved, count = count),
        (false, BulkAction::Close) => td_string!(locale, directory.sessions.closed, count = count),
    };
    match answer.bulk.left {
        0 => done,
        left => format!(
            "{done} {}",
            td_string!(locale, directory.sessions.left, count = left)
        ),
    }
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
fn ShownSessions(shown: Shown, who: Option<HolderRow>, act: ServerAction<ActOnAll>) -> impl IntoView {
    let i18n = use_i18n();
    let Shown {
        holder,
        sessions,
        targets,
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
    let failed = move || {
        act.outcome().and_then(Result::err).map(|error| {
            let words = match error.problem("sessions") {
                Some(_) => t_string!(i18n, directory.sessions.none_selected).to_owned(),
                None => labels::sentence(i18n.get_locale(), &error),
            };
            view! { <p class="problem">{words}</p> }
        })
    };
    let lines = sessions
        .items
        .into_iter()
        .map(|row| view! { <SessionLine row /> });
    let lines = lines.collect_view().into_any();
    view! {
        <section class="held">
            <h2>{title}</h2>
            {more}
            <ActionForm action=act>
                <input type="hidden" name="from" value=holder.to_string() />
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
                <TargetSelect id="transfer-all-to" destinations=Some(targets) />
                <Reason name="transfer-all" />
                <div role="alert">{failed}</div>
                <div class="form-buttons">
                    <Button submit=true kind=Kind::Primary busy=act.pending()>
                        {move || t_string!(i18n, directory.sessions.transfer)}
                    </Button>
                    // Closing needs no destination.
                    <button
                        type="submit"
                        class="button danger"
                        name="action"
                        value="close"
                        formnovalidate
                        prop:disabled=move || act.pending().get()
                    >
                        {move || t_string!(i18n, directory.sessions.close)}
                    </button>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

#[component]
fn SessionLine(row: SessionRow) -> impl IntoView {
    let i18n = use_i18n();
    let id = row.id;
    let label = row.contact.label;
    let select = {
        let label = label.clone();
        move || t_string!(i18n, directory.sessions.select, who = label.clone()).to_string()
    };
    view! {
        <tr>
            <th scope="row">
                <span class="selectable">
                    <input
                        type="checkbox"
                        name="sessions[]"
                        value=id.to_string()
                        checked=true
                        aria-label=select
                    />
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
