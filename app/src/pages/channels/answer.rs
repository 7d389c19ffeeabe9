//! What Meta answered to something that was done in the admin's name.

use crate::i18n::*;
use domain::doctor::{Errand, Outcome};
use leptos::prelude::*;

/// What was called and how it ended, in Meta's own words when it refused.
#[component]
pub fn Answer(errand: Errand) -> impl IntoView {
    let i18n = use_i18n();
    let Errand { called, outcome } = errand;
    let good = matches!(outcome, Outcome::Done(()));
    let details = match &outcome {
        Outcome::Refused {
            details: Some(details),
            ..
        } => Some(view! { <p>{details.clone()}</p> }),
        _ => None,
    };
    let said = move || match &outcome {
        Outcome::Done(()) => t_string!(i18n, channels.meta.done).to_owned(),
        Outcome::Refused { code, message, .. } => t_string!(
            i18n,
            channels.meta.refused,
            code = *code,
            message = message.clone()
        ),
        Outcome::NoAnswer { why } => t_string!(i18n, channels.meta.no_answer, why = why.clone()),
    };
    view! {
        <div class="notice" class:bad=!good class:good=good>
            <p>{said}</p>
            {details}
            <p class="call">{move || t_string!(i18n, channels.meta.called)} " " <code>{called}</code></p>
        </div>
    }
    .into_any()
}
