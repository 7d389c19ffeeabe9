//! The values of a template: texts, and the file of its header.

use super::state::{Filling, focus_when_there};
use crate::{
    i18n::*,
    labels::{self, templates},
    upload::{Failed, Purpose, upload},
};
use domain::template::{Field, MediaKind};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::{AbortController, File};

fn input_id(field: &Field) -> String {
    format!("template-{}", field.name.replace('.', "-"))
}

#[component]
pub fn TextField(filling: Filling, field: Field, first: bool) -> impl IntoView {
    let i18n = use_i18n();
    let id = input_id(&field);
    let input = NodeRef::<html::Input>::new();
    if first {
        focus_when_there(input);
    }
    let (named, name) = (field.clone(), field.name.clone());
    let label = move || templates::field(i18n.get_locale(), &named);
    let hint = filling
        .definition
        .with_value(|definition| definition.example(&name).map(str::to_owned));
    let hint = hint.map(|example| {
        let text = move || t_string!(i18n, templates.field.example, example = example.clone()).to_string();
        view! { <p class="hint">{text}</p> }
    });
    let (of_problem, of_state, of_value) = (name.clone(), name.clone(), name.clone());
    let problem = move || {
        let problem = filling.problem(&of_problem)?;
        Some(templates::problem(i18n.get_locale(), &problem))
    };
    let invalid = move || filling.problem(&of_state).is_some();
    let problem_id = format!("{id}-problem");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                class="input"
                type="text"
                autocomplete="off"
                node_ref=input
                aria-invalid=move || invalid().then_some("true")
                aria-describedby=problem_id.clone()
                prop:value=move || filling.values.with(|values| values.get(&of_value).cloned().unwrap_or_default())
                on:input=move |event| filling.put(&name, event_target_value(&event))
            />
            <p class="problem" id=problem_id aria-live="polite">
                {problem}
            </p>
            {hint}
        </div>
    }
    .into_any()
}

/// The operator's own file: the address of Meta's sample cannot be sent.
#[component]
pub fn HeaderFile(filling: Filling, field: Field, kind: MediaKind, first: bool) -> impl IntoView {
    let i18n = use_i18n();
    let id = input_id(&field);
    let input = NodeRef::<html::Input>::new();
    if first {
        focus_when_there(input);
    }
    let percent = RwSignal::new(None::<u32>);
    let failed = RwSignal::new(None);
    // The newest pick counts, however long an earlier one takes.
    let picks = RwSignal::new(0_u32);
    let name = field.name.clone();
    let picked = move |_| {
        let file = input.get_untracked().and_then(|input| input.files()?.get(0));
        picks.update(|picks| *picks += 1);
        let pick = picks.get_untracked();
        filling.file.set(None);
        filling.filename.set(file.as_ref().map(File::name));
        filling.changed(&name);
        failed.set(None);
        percent.set(None);
        let (Some(file), Ok(abort)) = (file, AbortController::new()) else {
            return;
        };
        percent.set(Some(0));
        spawn_local(async move {
            let told = |share, _| {
                percent.try_set(Some(share));
            };
            let purpose = Purpose::Session(filling.session);
            let uploaded = upload(&file, purpose, &abort.signal(), told).await;
            if picks.try_get_untracked() != Some(pick) {
                return;
            }
            percent.try_set(None);
            match uploaded {
                Ok(uploaded) => {
                    filling.file.try_set(Some(uploaded.id));
                }
                Err(Failed::Refused(why)) => {
                    failed.try_set(Some(why));
                }
                Err(Failed::Stopped) => {}
            }
        });
    };
    let (named, of_problem, of_state) = (field.clone(), field.name.clone(), field.name.clone());
    let label = move || templates::field(i18n.get_locale(), &named);
    let problem = move || {
        if let Some(why) = failed.get() {
            return Some(labels::sentence(i18n.get_locale(), &why));
        }
        let problem = filling.problem(&of_problem)?;
        Some(templates::problem(i18n.get_locale(), &problem))
    };
    let invalid = move || failed.with(Option::is_some) || filling.problem(&of_state).is_some();
    let state = move || {
        let percent = percent.get()?;
        Some(t_string!(i18n, templates.field.uploading, percent = percent).to_string())
    };
    let accept = match kind {
        MediaKind::Image => "image/jpeg,image/png",
        MediaKind::Video => "video/mp4,video/3gpp",
        MediaKind::Document => "",
    };
    let problem_id = format!("{id}-problem");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                type="file"
                accept=accept
                node_ref=input
                aria-invalid=move || invalid().then_some("true")
                aria-describedby=problem_id.clone()
                on:change=picked
            />
            <p class="hint nums" role="status">
                {state}
            </p>
            <p class="problem" id=problem_id aria-live="polite">
                {problem}
            </p>
        </div>
    }
    .into_any()
}
