//! The labels of a session, on colours of their own.

use crate::{i18n::*, pages::inbox::avatar::hue_of};
use domain::refs::LabelRef;
use leptos::prelude::*;

#[component]
pub fn LabelChips(labels: Vec<LabelRef>) -> impl IntoView {
    let i18n = use_i18n();
    let chip = |label: LabelRef| {
        view! {
            <span class="label-chip" data-hue=hue_of(label.id.uuid().as_u128()) dir="auto" translate="no">
                {label.name}
            </span>
        }
    };
    view! {
        <span class="row-labels">
            <span class="sr-only">{move || t_string!(i18n, inbox.details.labels)} ": "</span>
            {labels.into_iter().map(chip).collect_view()}
        </span>
    }
    .into_any()
}
