//! The labels of a session, on colours of their own.

use crate::{i18n::*, pages::inbox::avatar::hue_of};
use domain::refs::LabelRef;
use leptos::prelude::*;

pub fn label_chips(locale: Locale, labels: &[LabelRef]) -> AnyView {
    let chip = |label: &LabelRef| {
        view! {
            <span class="label-chip" data-hue=hue_of(label.id.uuid().as_u128()) dir="auto" translate="no">
                {label.name.clone()}
            </span>
        }
    };
    view! {
        <span class="row-labels">
            <span class="sr-only">{td_string!(locale, inbox.details.labels)} ": "</span>
            {labels.iter().map(chip).collect_view()}
        </span>
    }
    .into_any()
}
