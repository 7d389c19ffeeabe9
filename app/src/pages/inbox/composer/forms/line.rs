//! One field of a form, with its label and what is wrong with it.

use super::state::Forms;
use crate::{i18n::*, labels};
use domain::{
    form::{FieldProblem, Problem},
    message::TypedField,
};
use leptos::prelude::*;

/// A text to type; `long` ones may have several lines.
#[component]
pub fn Line(
    forms: Forms,
    field: TypedField,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] long: bool,
    /// Which keyboard a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = format!("typed-{}", field_id(field));
    let problem_id = format!("{id}-problem");
    let value = move || forms.with(|typed| field.text(typed).unwrap_or_default().to_owned());
    let problem = Memo::new(move |_| forms.problem(field));
    let words = move || {
        problem
            .get()
            .map(|problem| problem_words(i18n.get_locale(), field, &problem))
    };
    let invalid = move || problem.with(Option::is_some).then_some("true");
    let typed = move |event| {
        let text = event_target_value(&event);
        forms.edit(|typed| field.set(typed, text));
    };
    let control = match long {
        true => view! {
            <textarea
                id=id.clone()
                class="input"
                rows="3"
                aria-invalid=invalid
                aria-describedby=problem_id.clone()
                prop:value=value
                on:input=typed
                on:blur=move |_| forms.leave(field)
            ></textarea>
        }
        .into_any(),
        false => view! {
            <input
                id=id.clone()
                class="input"
                type="text"
                autocomplete="off"
                inputmode=inputmode
                aria-invalid=invalid
                aria-describedby=problem_id.clone()
                prop:value=value
                on:input=typed
                on:blur=move |_| forms.leave(field)
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {control}
            <p class="problem" id=problem_id aria-live="polite">
                {words}
            </p>
        </div>
    }
    .into_any()
}

/// A field's part of an element's id: `row_title-0-1`.
fn field_id(field: TypedField) -> String {
    let name = format!("{field:?}");
    name.to_lowercase()
        .replace(['(', ','], "-")
        .replace([')', ' '], "")
}

fn problem_words(locale: Locale, field: TypedField, problem: &FieldProblem) -> String {
    match (field, problem.problem) {
        (TypedField::Latitude, Problem::NotNumeric) => td_string!(locale, inbox.more.not_latitude).to_owned(),
        (TypedField::Longitude, Problem::NotNumeric) => {
            td_string!(locale, inbox.more.not_longitude).to_owned()
        }
        (TypedField::Url, Problem::NotAToken) => td_string!(locale, inbox.more.not_web).to_owned(),
        (TypedField::Button(_), Problem::Taken) => td_string!(locale, inbox.more.same_button).to_owned(),
        _ => labels::field_problem(locale, problem),
    }
}
