//! Meta's answer to an action in the administrator's name.

use crate::{i18n::*, ui::Quote};
use domain::doctor::{MetaAction, Outcome};
use leptos::prelude::*;

/// The call and its outcome; if Meta refused, its own words are behind *Details*.
#[component]
pub fn Answer(meta_action: MetaAction) -> impl IntoView {
    let i18n = use_i18n();
    let MetaAction { called, outcome } = meta_action;
    let good = matches!(outcome, Outcome::Done(()));
    let quoted = match &outcome {
        Outcome::Done(()) => Vec::new(),
        Outcome::Refused { message, details, .. } => [Some(message.clone()), details.clone()]
            .into_iter()
            .flatten()
            .collect(),
        Outcome::NoAnswer { why } => vec![why.clone()],
    };
    let said = move || match &outcome {
        Outcome::Done(()) => t_string!(i18n, channels.meta.done).to_owned(),
        Outcome::Refused { code, .. } => t_string!(i18n, channels.meta.refused, code = *code),
        Outcome::NoAnswer { .. } => t_string!(i18n, channels.meta.no_answer).to_owned(),
    };
    view! {
        <div class="notice" class:bad=!good class:good=good>
            <p>{said}</p>
            <Quote words=quoted />
            <p class="call">{move || t_string!(i18n, channels.meta.called)} " " <code>{called}</code></p>
        </div>
    }
    .into_any()
}
