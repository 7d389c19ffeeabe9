//! The first tab of a webhook: its form, a test, another secret, on and off, and its end. Events do not touch the form, so that
//! no event discards unsaved input.

use super::{fields::Fields, page::Shown, secret::SecretPanel, trial::TestPanel};
use crate::{
    api::{
        ActionForm, Resource, ServerAction,
        webhooks::{
            ChangeWebhook, Editor, PATH,
            upkeep::{DeleteWebhook, RotateWebhookSecret, SetWebhookDisabled, TestWebhook},
            webhook_editor,
        },
    },
    i18n::*,
    pages::{
        directory::{SwitchForm, deletes, saves, switches},
        url::{id_in_url, known},
    },
    ui::{Button, ButtonLink, CheckedForm, Form, Kind, Load, Transition, form::FormAnswer},
};
use domain::{
    ids::WebhookId,
    webhook::{Webhook, WebhookForm},
};
use leptos::prelude::*;

#[component]
pub fn WebhookTab() -> impl IntoView {
    let id = id_in_url::<WebhookId>();
    let Shown(shown) = expect_context();
    let stored = Resource::new(
        move || id.get(),
        |id| async move { webhook_editor(Some(known(id)?)).await },
    );
    let save = saves::<ChangeWebhook>(PATH);
    let test = ServerAction::<TestWebhook>::new();
    let rotate = ServerAction::<RotateWebhookSecret>::new();
    let switch = switches::<SetWebhookDisabled, _>(shown);
    let delete = deletes::<DeleteWebhook>(PATH, |locale| td_string!(locale, system.webhooks.deleted));
    let form = move |editor: Editor| {
        let Some(webhook) = editor.webhook.clone() else {
            return ().into_any();
        };
        let (id, secret, tested) = (webhook.id, editor.secret.clone(), editor.tested.clone());
        view! {
            <EditForm webhook editor save />
            <TestPanel id action=test tested />
            <SecretPanel id action=rotate secret />
        }
        .into_any()
    };
    let panels = move || {
        let webhook = shown.get()?.ok()?;
        Some(view! {
            <SwitchForm
                action=switch
                id=webhook.id.to_string()
                disabled=webhook.off.is_some()
                disable_text=|locale| td_string!(locale, system.webhooks.disable_text)
                enable_text=|locale| td_string!(locale, system.webhooks.enable_text)
            />
            <DeletePanel id=webhook.id action=delete />
        })
    };
    view! {
        <Load from=stored view=form />
        <Transition>{panels}</Transition>
    }
    .into_any()
}

#[component]
fn EditForm(webhook: Webhook, editor: Editor, save: Form<ChangeWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    let id = webhook.id;
    let Editor { choices, unsaved, .. } = editor;
    let (form, version) = match unsaved {
        Some(unsaved) => (unsaved.form, unsaved.version),
        None => (
            WebhookForm {
                name: webhook.name,
                address: webhook.address,
                wanted: webhook.wanted,
            },
            webhook.version,
        ),
    };
    view! {
        <CheckedForm form=save>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <Fields form choices />
            <FormAnswer action=save.action />
            <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
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
fn DeletePanel(id: WebhookId, action: ServerAction<DeleteWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <details class="webhook-delete">
                <summary class="button">{move || t_string!(i18n, system.webhooks.delete)}</summary>
                <p>{move || t_string!(i18n, system.webhooks.delete_text)}</p>
                <ActionForm action>
                    <input type="hidden" name="id" value=id.to_string() />
                    <Button submit=true kind=Kind::Danger busy=action.pending()>
                        {move || t_string!(i18n, system.webhooks.delete_yes)}
                    </Button>
                </ActionForm>
            </details>
        </section>
    }
    .into_any()
}
