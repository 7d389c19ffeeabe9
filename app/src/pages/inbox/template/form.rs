//! The chosen template: its values, the preview that fills while typing, and sending it.

use super::{
    fields::{HeaderFile, TextField},
    preview::Preview,
    state::{Filling, Templates},
};
use crate::{
    api::{ApiError, inbox::send_template},
    browser,
    i18n::*,
    labels,
    pages::inbox::{labels as inbox_labels, state::use_inbox},
};
use domain::{
    ids::SessionId,
    refusal::Refusal,
    template::{FieldKind, TemplateView},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[component]
pub fn Fill(
    id: SessionId,
    template: TemplateView,
    templates: Templates,
    chosen: RwSignal<Option<TemplateView>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let TemplateView {
        id: template_id,
        name,
        language,
        definition,
        ..
    } = template;
    let Ok(definition) = definition else {
        return ().into_any();
    };
    let fields = definition.fields();
    let known: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let known = StoredValue::new(known);
    let asks_nothing = fields.is_empty();
    let filling = Filling::new(id, definition);
    let busy = RwSignal::new(false);
    let why = RwSignal::new(None::<ApiError>);
    let (shown_name, shown_language) = (name.clone(), language.clone());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let (values, file) = (filling.values.get_untracked(), filling.file.get_untracked());
        let checked = filling
            .definition
            .with_value(|definition| definition.fill(&name, &language, &values, file));
        if let Err(invalid) = checked {
            filling.problems.set(invalid.fields);
            focus_first_problem();
            return;
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        why.set(None);
        let (template, key) = (template_id.clone(), Some(filling.key.get_untracked()));
        spawn_local(async move {
            let writer = inbox.outbox.writer_now();
            let sent = send_template(id, template, values, file, key, writer).await;
            busy.try_set(false);
            match sent {
                Ok(message) => {
                    inbox.outbox.sent.try_update(|sent| sent.push((id, message)));
                    chosen.try_set(None);
                    templates.close();
                    // The button that opened the dialog may be gone.
                    inbox.wants_to_write.try_set(true);
                }
                Err(ApiError::Refused(Refusal::Invalid { fields })) => {
                    filling.problems.try_set(fields);
                    focus_first_problem();
                }
                Err(other) => {
                    why.try_set(Some(other));
                }
            }
        });
    };
    let whole = move |part: &'static str| {
        move || {
            let problem = filling.problem(part)?;
            let text = labels::templates::problem(i18n.get_locale(), &problem);
            Some(view! { <p class="problem">{text}</p> })
        }
    };
    // The template is not what it was when it was chosen.
    let changed = move || {
        let others = filling.problems.with(|all| {
            let others = all.iter().map(|problem| problem.field.clone()).filter(|field| {
                field != "header" && field != "body" && !known.with_value(|known| known.contains(field))
            });
            others.collect::<Vec<_>>().join(", ")
        });
        (!others.is_empty()).then(|| {
            let text = t_string!(i18n, templates.picker.changed, fields = others).to_string();
            view! { <p class="notice bad">{text}</p> }
        })
    };
    let send_button = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = send_button.get().filter(|_| asks_nothing) {
            let _ = button.focus();
        }
    });
    let refused = move || {
        let why = inbox_labels::why(i18n.get_locale(), &why.get()?);
        let text = t_string!(i18n, inbox.composer.not_sent, why = why).to_string();
        Some(view! { <p class="notice bad">{text}</p> })
    };
    let inputs = fields.into_iter().enumerate().map(|(n, field)| match field.kind {
        FieldKind::HeaderFile(kind) => view! { <HeaderFile filling field kind first=n == 0 /> }.into_any(),
        _ => view! { <TextField filling field first=n == 0 /> }.into_any(),
    });
    view! {
        <form class="template-form" on:submit=send novalidate>
            <p class="template-choice-head">
                <strong>{shown_name}</strong>
                <code>{shown_language}</code>
            </p>
            <div class="template-columns">
                <div class="template-fields">{inputs.collect_view()} {whole("header")} {whole("body")}</div>
                <Preview filling />
            </div>
            <div role="alert">{refused} {changed}</div>
            <div class="dialog-buttons">
                <button type="button" class="button" on:click=move |_| chosen.set(None)>
                    {move || t_string!(i18n, templates.picker.back)}
                </button>
                <button
                    type="submit"
                    class="button primary"
                    id="template-send"
                    node_ref=send_button
                    prop:disabled=move || busy.get()
                >
                    {move || t_string!(i18n, templates.picker.send)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn focus_first_problem() {
    request_animation_frame(|| {
        let first = document().query_selector(".template-fields [aria-invalid='true']");
        if let Some(first) = first.ok().flatten() {
            browser::focus(&first.id());
        }
    });
}
