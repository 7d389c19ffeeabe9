//! Another secret, shown once.

use crate::{
    api::{ActionForm, ServerAction, webhooks::upkeep::RotateWebhookSecret},
    i18n::*,
    ui::{Button, CopyField, form::FormAnswer},
};
use domain::ids::WebhookId;
use leptos::prelude::*;

#[component]
pub fn SecretPanel(
    id: WebhookId,
    action: ServerAction<RotateWebhookSecret>,
    /// What a form post without a script has made.
    secret: Option<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let made = action.value();
    let shown = move || {
        let made = made.try_get().flatten().and_then(Result::ok);
        made.or_else(|| secret.clone()).map(|value| {
            view! {
                <CopyField
                    name="secret"
                    label=move || t_string!(i18n, system.webhooks.secret)
                    hint=move || t_string!(i18n, system.webhooks.secret_hint)
                    value
                />
            }
        })
    };
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, system.webhooks.secret)}</h2>
            <p>{move || t_string!(i18n, system.webhooks.rotate_text)}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true busy=action.pending()>
                    {move || t_string!(i18n, system.webhooks.rotate)}
                </Button>
            </ActionForm>
            <FormAnswer action />
            <div aria-live="polite">{shown}</div>
        </section>
    }
    .into_any()
}
