//! Many extensions at once, from a table: first what it would create, then all of them or none.

use crate::{
    api::extensions::ImportExtensions,
    i18n::*,
    labels,
    ui::{
        Button, ButtonLink, CheckedForm, Form, FormState, Kind, PageHead,
        field::FieldProblem,
        form::{FormAnswer, on_answer},
        use_toasts,
    },
};
use domain::directory::{ImportedExtension, imported_place};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use wasm_bindgen_futures::JsFuture;

/// It needs a script: what the table would create is shown in the page that asked.
#[component]
pub fn ImportExtensionsPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let import = Form::<ImportExtensions>::new();
    // What the text creates, once somebody has asked and until the text changes.
    let shown = RwSignal::new(None::<Vec<ImportedExtension>>);
    on_answer(import.action, move |answer| match answer {
        Ok(_) if shown.with_untracked(Option::is_some) => {
            toasts.say(t_string!(i18n, directory.import.done));
            go("/extensions", Default::default());
        }
        Ok(extensions) => shown.set(Some(extensions.clone())),
        Err(_) => shown.set(None),
    });
    let dry_run = move || shown.with(Option::is_none).to_string();
    // Created inside the form: the field uses its context.
    let fields = move || {
        view! {
            <input type="hidden" name="dry_run" value=dry_run />
            <TableField shown busy=import.pending() />
            {move || shown.get().map(|extensions| view! { <ImportedTable extensions /> })}
        }
        .into_any()
    };
    let button = move || match shown.with(Option::is_some) {
        true => t_string!(i18n, directory.import.create),
        false => t_string!(i18n, directory.import.check),
    };
    view! {
        <PageHead title=move || t_string!(i18n, directory.import.title).to_owned() />
        <CheckedForm form=import>
            {fields()} <FormAnswer action=import.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=import.pending()>
                    {button}
                </Button>
                <ButtonLink href="/extensions" kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// The text of the table, typed, pasted or read from a file.
#[component]
fn TableField(shown: RwSignal<Option<Vec<ImportedExtension>>>, busy: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let state = expect_context::<FormState>();
    let text = RwSignal::new(String::new());
    let file = NodeRef::<html::Input>::new();
    let picked = move |_: ev::Event| {
        let Some(input) = file.get_untracked() else {
            return;
        };
        let Some(file) = input.files().and_then(|files| files.get(0)) else {
            return;
        };
        // The same file may be picked again.
        input.set_value("");
        spawn_local(async move {
            let read = JsFuture::from(file.text()).await.ok();
            let read = read.and_then(|read| read.as_string());
            // What is being checked stays what is shown.
            if let (Some(read), Some(false)) = (read, busy.try_get_untracked()) {
                text.try_set(read);
                shown.try_set(None);
            }
        });
    };
    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        shown.set(None);
    };
    let problems = move || state.problems_within("csv");
    let is_wrong = move || !problems().is_empty() || state.problem("csv").is_some();
    let lines = move || {
        let lines = problems().into_iter().map(|problem| {
            let said = labels::problem(i18n.get_locale(), problem.problem);
            let (line, column) = imported_place(&problem.field).unwrap_or_default();
            let place = t_string!(i18n, directory.import.line, line = line).to_string();
            let column = column.to_owned();
            view! {
                <span>
                    {place} ", " <code>{column}</code> ": " {said}
                </span>
            }
        });
        lines.collect_view()
    };
    view! {
        <div class="field">
            <label for="field-csv">{move || t_string!(i18n, directory.import.csv)}</label>
            <textarea
                id="field-csv"
                class="input mono"
                name="form[csv]"
                rows="12"
                spellcheck="false"
                autocapitalize="off"
                readonly=move || busy.get()
                prop:value=move || text.get()
                on:input=typed
                aria-invalid=move || is_wrong().then_some("true")
                aria-describedby="field-csv-problem csv-lines csv-hint"
            ></textarea>
            <FieldProblem name="csv" />
            <p class="problem lines" id="csv-lines" aria-live="polite">
                {lines}
            </p>
            <p class="hint" id="csv-hint">
                {move || t_string!(i18n, directory.import.csv_hint)}
            </p>
        </div>
        <div class="field">
            <label for="csv-file">{move || t_string!(i18n, directory.import.file)}</label>
            <input
                id="csv-file"
                class="input file"
                type="file"
                accept=".csv,text/csv,text/plain"
                node_ref=file
                disabled=move || busy.get()
                on:change=picked
                aria-describedby="csv-file-hint"
            />
            <p class="hint" id="csv-file-hint">
                {move || t_string!(i18n, directory.import.file_hint)}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn ImportedTable(extensions: Vec<ImportedExtension>) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |extension: ImportedExtension| {
        let ImportedExtension {
            number,
            name,
            login,
            role,
            ..
        } = extension;
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
                    <span class="nums">{number}</span>
                    " "
                    {name}
                </th>
                <td data-label=move || t_string!(i18n, directory.extensions.log_in)>{login}</td>
                <td data-label=move || t_string!(i18n, directory.extensions.role)>{role}</td>
            </tr>
        }
    };
    let body = extensions.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <caption>{move || t_string!(i18n, directory.import.creates)}</caption>
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, channels.extension)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.log_in)}</th>
                    <th scope="col">{move || t_string!(i18n, directory.extensions.role)}</th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}
