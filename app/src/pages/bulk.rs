//! Transferring or closing several sessions of a page together, and taking that back.

use super::transfer_fields::{Reason, TargetSelect};
use crate::{
    api::{
        ActionForm, ApiError, ServerAction,
        transfers::{ActOnAll, BulkAnswer, Undo},
    },
    i18n::*,
    labels,
    ui::{Button, Kind, form::on_answer, time::use_now},
};
use domain::{
    channel::Destinations,
    session::{BulkAction, SeenSession, SessionRow},
};
use leptos::{ev::Event, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// They are made once per page, beside the resource that fills it: each read redraws the form.
#[derive(Debug, Clone, Copy)]
pub struct BulkActions {
    pub act: ServerAction<ActOnAll>,
    undo: ServerAction<Undo>,
    /// Shown until something else is done: who needs longer to read it can still take it back.
    done: RwSignal<Option<BulkAnswer>>,
}

impl BulkActions {
    /// `then` reads the page again.
    pub fn new(then: impl Fn() + Copy + 'static) -> Self {
        let (act, undo) = (ServerAction::new(), ServerAction::new());
        let done = RwSignal::new(None);
        let answered = move |answer: &Result<BulkAnswer, ApiError>| {
            if let Ok(answer) = answer {
                done.set(Some(answer.clone()));
                then();
            }
        };
        on_answer(act, answered);
        on_answer(undo, answered);
        Self { act, undo, done }
    }
}

/// What was done last, and the button that takes it back. `answer` is the outcome of a plain form post, and `back` the
/// address of the page.
#[component]
pub fn Done(actions: BulkActions, answer: Option<BulkAnswer>, back: String) -> impl IntoView {
    let i18n = use_i18n();
    let BulkActions { undo, done, .. } = actions;
    let said = move |answer: BulkAnswer| {
        let sessions: Vec<_> = answer
            .undoable()
            .map(|seen| view! { <input type="hidden" name="sessions[]" value=seen.to_string() /> })
            .collect();
        let (to, back) = (answer.to.clone(), back.clone());
        let form = (!sessions.is_empty()).then(|| {
            view! {
                <ActionForm action=undo>
                    <input type="hidden" name="action" value=answer.action.as_str() />
                    <input type="hidden" name="to" value=to />
                    <input type="hidden" name="back" value=back />
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
        let words = move || words_of(i18n.get_locale(), &answer);
        view! {
            <div class="notice good bulk-done">
                <p>{words}</p>
                {form}
                <div role="alert">{failed}</div>
            </div>
        }
    };
    let shown = move || done.get().or_else(|| answer.clone()).map(&said);
    view! { <div role="status">{shown}</div> }.into_any()
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

/// A redrawn table has the same elements, which keep the ticks of the sessions that were there before. What is ticked
/// on the page as it came is the user's.
fn use_redrawn(checked: bool) -> NodeRef<html::Input> {
    let input = NodeRef::<html::Input>::new();
    if use_now().with_untracked(Option::is_some) {
        Effect::new(move |_| {
            if let Some(input) = input.get() {
                input.set_checked(checked);
            }
        });
    }
    input
}

/// The box that selects a session of the form.
#[component]
pub fn Select<'a>(row: &'a SessionRow, checked: bool) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let input = use_redrawn(checked);
    let seen = SeenSession {
        session: row.id,
        with: Some(row.holder()),
    };
    let who = row.contact.label.clone();
    let label = move || t_string!(i18n, directory.sessions.select, who = who.clone()).to_string();
    view! {
        <input
            type="checkbox"
            name="sessions[]"
            value=seen.to_string()
            checked=checked
            aria-label=label
            node_ref=input
        />
    }
    .into_any()
}

/// Selects all sessions of the form, or none. Without a script there is nothing behind it, so it appears with the live
/// page.
#[component]
pub fn SelectAll() -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let toggled = |event: Event| {
        let all: HtmlInputElement = event_target(&event);
        let boxes = all
            .closest("form")
            .ok()
            .flatten()
            .and_then(|form| form.query_selector_all("input[name='sessions[]']").ok());
        let Some(boxes) = boxes else { return };
        for n in 0..boxes.length() {
            if let Some(input) = boxes
                .item(n)
                .and_then(|node| node.dyn_into::<HtmlInputElement>().ok())
            {
                input.set_checked(all.checked());
            }
        }
    };
    let live = Memo::new(move |_| now.with(Option::is_some));
    let input = use_redrawn(false);
    move || {
        live.get().then(|| {
            let label = move || t_string!(i18n, directory.sessions.select_all);
            view! { <input type="checkbox" aria-label=label title=label on:change=toggled node_ref=input /> }
        })
    }
}

/// The end of the form: where the selected sessions go, why, and the buttons.
#[component]
pub fn BulkFields(actions: BulkActions, targets: Destinations, back: String) -> impl IntoView {
    let i18n = use_i18n();
    let act = actions.act;
    let failed = move || {
        act.outcome().and_then(Result::err).map(|error| {
            let words = match error.problem("sessions") {
                Some(_) => t_string!(i18n, directory.sessions.none_selected).to_owned(),
                None => labels::sentence(i18n.get_locale(), &error),
            };
            view! { <p class="problem">{words}</p> }
        })
    };
    view! {
        <input type="hidden" name="back" value=back />
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
                value=BulkAction::Close.as_str()
                formnovalidate
                prop:disabled=move || act.pending().get()
            >
                {move || t_string!(i18n, directory.sessions.close)}
            </button>
        </div>
    }
    .into_any()
}
