//! A test, and its answer.

use crate::{
    api::{
        ActionForm, ServerAction,
        webhooks::upkeep::{TestWebhook, Tested},
    },
    i18n::*,
    labels,
    ui::{Button, IconName, form::FormAnswer},
};
use domain::ids::WebhookId;
use leptos::prelude::*;

#[component]
pub fn TestPanel(
    id: WebhookId,
    action: ServerAction<TestWebhook>,
    /// What became of the test that a form post without a script has sent.
    tested: Option<Tested>,
) -> impl IntoView {
    let i18n = use_i18n();
    let answer = action.value();
    let said = move || {
        let now = answer.try_get().flatten().and_then(Result::ok);
        now.or_else(|| tested.clone())
            .map(|tested| view! { <Answer tested /> })
    };
    view! {
        <section class="panel">
            <h2>{move || t_string!(i18n, system.webhooks.test)}</h2>
            <p>{move || t_string!(i18n, system.webhooks.test_text)}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id.to_string() />
                <Button submit=true icon=IconName::Send busy=action.pending()>
                    {move || t_string!(i18n, system.webhooks.send_test)}
                </Button>
            </ActionForm>
            <FormAnswer action />
            <div aria-live="polite">{said}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Answer(tested: Tested) -> impl IntoView {
    let i18n = use_i18n();
    let Some(attempt) = tested.answer else {
        return view! {
            <p class="notice warning">{move || t_string!(i18n, system.webhooks.test_waits)}</p>
        }
        .into_any();
    };
    let class = match attempt.is_success() {
        true => "notice",
        false => "notice bad",
    };
    let excerpt = (!attempt.excerpt.is_empty()).then(|| {
        view! {
            <p class="hint mono webhook-words" dir="auto" translate="no">
                {attempt.excerpt.clone()}
            </p>
        }
    });
    let words = move || {
        let answer = labels::webhooks::answer(i18n.get_locale(), &attempt);
        format!("{answer} ({} ms)", attempt.milliseconds)
    };
    view! {
        <p class=class>{words}</p>
        {excerpt}
    }
    .into_any()
}
