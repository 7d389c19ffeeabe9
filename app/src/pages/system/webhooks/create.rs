//! A new webhook, and its secret, which is shown once.

use super::fields::Fields;
use crate::{
    api::{
        Resource,
        webhooks::{CreateWebhook, Created, Editor, PATH, address, webhook_editor},
    },
    i18n::*,
    ui::{
        Button, ButtonLink, CheckedForm, CopyField, Form, Kind, Load, PageHead,
        form::{FormAnswer, on_answer},
    },
};
use leptos::prelude::*;

#[component]
pub fn NewWebhookPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| webhook_editor(None));
    let create = Form::<CreateWebhook>::new();
    let made = RwSignal::new(None::<Created>);
    on_answer(create.action, move |answer| {
        if let Ok(created) = answer {
            made.set(Some(created.clone()));
        }
    });
    let is_made = move || made.try_with(Option::is_some).unwrap_or_default();
    let form = move |editor: Editor| {
        view! {
            <div hidden=is_made>
                <NewForm editor create />
            </div>
        }
        .into_any()
    };
    let shown = move || made.get().map(|created| view! { <Made created /> });
    view! {
        <PageHead title=move || t_string!(i18n, system.webhooks.add_title).to_owned() />
        <Load from=stored view=form />
        <div aria-live="polite">{shown}</div>
    }
    .into_any()
}

#[component]
fn NewForm(editor: Editor, create: Form<CreateWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    let Editor { choices, unsaved, .. } = editor;
    let form = unsaved.map(|unsaved| unsaved.form).unwrap_or_default();
    view! {
        <CheckedForm form=create>
            <Fields form choices />
            <FormAnswer action=create.action />
            <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=create.pending()>
                    {move || t_string!(i18n, system.webhooks.create)}
                </Button>
                <ButtonLink href=PATH kind=Kind::Quiet>
                    {move || t_string!(i18n, common.button.cancel)}
                </ButtonLink>
            </div>
        </CheckedForm>
    }
    .into_any()
}

#[component]
fn Made(created: Created) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, system.webhooks.made)}</h2>
            <CopyField
                name="secret"
                label=move || t_string!(i18n, system.webhooks.secret)
                hint=move || t_string!(i18n, system.webhooks.secret_hint)
                value=created.secret
            />
            <ButtonLink href=address(created.id) kind=Kind::Primary>
                {move || t_string!(i18n, system.webhooks.go_on)}
            </ButtonLink>
        </section>
    }
    .into_any()
}
