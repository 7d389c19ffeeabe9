//! What the customer is going to read.

use super::state::Filling;
use crate::i18n::*;
use domain::{message::content::TemplateText, template::Header};
use leptos::prelude::*;

#[component]
pub fn Preview(filling: Filling) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || {
        filling.values.with(|values| {
            filling
                .definition
                .with_value(|definition| definition.text(values))
        })
    };
    let has_file = filling
        .definition
        .with_value(|definition| matches!(definition.header, Some(Header::File(_))));
    let file = move || {
        has_file.then(|| {
            let name = filling.filename.get();
            name.unwrap_or_else(|| t_string!(i18n, templates.picker.header_file).to_owned())
        })
    };
    let shown = move || {
        let TemplateText {
            header,
            body,
            footer,
            buttons,
        } = text();
        let buttons = (!buttons.is_empty()).then(|| {
            let each = buttons
                .into_iter()
                .map(|button| view! { <li dir="auto">{button}</li> });
            view! { <ul class="template-buttons">{each.collect_view()}</ul> }
        });
        view! {
            {file().map(|file| view! { <p class="template-file" dir="auto">{file}</p> })}
            {header.map(|header| view! { <p dir="auto"><strong>{header}</strong></p> })}
            <p dir="auto">{body}</p>
            {footer.map(|footer| view! { <p dir="auto" class="muted">{footer}</p> })}
            {buttons}
        }
    };
    view! {
        <section class="template-preview" aria-label=move || t_string!(i18n, templates.picker.preview)>
            <h3>{move || t_string!(i18n, templates.picker.preview)}</h3>
            <div class="template-bubble">{shown}</div>
        </section>
    }
    .into_any()
}
