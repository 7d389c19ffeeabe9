//! One line to type into, with its label, its hint, and what is wrong with it underneath.

use super::{
    form::FormState,
    icon::{Icon, IconName},
    textarea::in_textarea,
    time::use_now,
};
use crate::{i18n::*, labels};
use leptos::{html, prelude::*};

/// A text field of a [`super::CheckedForm`].
#[component]
pub fn Field(
    /// The field's name in the domain's form, for its problems.
    name: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(optional, into)] hint: Option<Signal<&'static str>>,
    #[prop(optional, into)] value: String,
    /// `text`, `password`, `tel`
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// Which keyboard a phone shows.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// For ids, tokens and numbers.
    #[prop(optional)]
    mono: bool,
    /// The server function takes the field as an argument of its own, not as part of a form.
    #[prop(optional)]
    alone: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let invalid = move || state.problem(name).is_some();
    let hidden = kind == "password";
    let revealed = RwSignal::new(false);
    let input = NodeRef::new();
    if autofocus {
        Effect::new(move |_| focus(input));
    }
    view! {
        <div class="field" class:with-reveal=hidden>
            <label for=id(name)>{label}</label>
            <input
                id=id(name)
                name=form_name(name, alone)
                class=if mono { "input mono" } else { "input" }
                type=move || if revealed.get() { "text" } else { kind }
                value=value
                autocomplete=autocomplete
                inputmode=inputmode
                autocapitalize="off"
                spellcheck="false"
                autofocus=autofocus
                node_ref=input
                aria-invalid=move || invalid().then_some("true")
                aria-describedby=format!("{0}-problem {0}-hint", id(name))
            />
            {hidden.then(|| view! { <Reveal name revealed /> })}
            <FieldProblem name />
            {hint.map(|hint| view! { <p class="hint" id=format!("{}-hint", id(name))>{hint}</p> })}
        </div>
    }
    .into_any()
}

/// Browsers obey `autofocus` only when they load a page. Whoever is somewhere else already stays there.
fn focus(input: NodeRef<html::Input>) {
    let active = document().active_element();
    if let Some(input) = input.get()
        && active.is_none_or(|active| active.tag_name() == "BODY")
    {
        drop(input.focus());
    }
}

/// A text of several lines of a [`super::CheckedForm`].
#[component]
pub fn TextField(
    /// The field's name in the domain's form, for its problems.
    name: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] hint: Signal<String>,
    value: String,
    rows: u8,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let invalid = move || state.problem(name).is_some();
    view! {
        <div class="field">
            <label for=id(name)>{label}</label>
            <textarea
                id=id(name)
                name=form_name(name, false)
                class="input"
                rows=rows.to_string()
                aria-invalid=move || invalid().then_some("true")
                aria-describedby=format!("{0}-problem {0}-hint", id(name))
            >
                {in_textarea(value)}
            </textarea>
            <FieldProblem name />
            <p class="hint" id=format!("{}-hint", id(name))>
                {hint}
            </p>
        </div>
    }
    .into_any()
}

/// Reveals the text of a password field. This needs a script: before the page is live, there is no button.
#[component]
fn Reveal(name: &'static str, revealed: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let is_live = Memo::new(move |_| live.with(Option::is_some));
    let label = move || t_string!(i18n, common.button.reveal);
    let button = move || {
        is_live.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button quiet reveal"
                    aria-label=label
                    title=label
                    aria-controls=id(name)
                    aria-pressed=move || revealed.get().to_string()
                    on:click=move |_| revealed.update(|revealed| *revealed = !*revealed)
                >
                    {move || view! { <Icon name=if revealed.get() { IconName::EyeOff } else { IconName::Eye } /> }}
                </button>
            }
        })
    };
    view! { {button} }.into_any()
}

/// A secret that is written and never read back: its last characters, and a way to replace it.
#[component]
pub fn Secret(
    name: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] hint: Signal<&'static str>,
    /// The last characters of the stored secret.
    end: Option<String>,
    #[prop(into)] stored: Signal<&'static str>,
) -> impl IntoView {
    let i18n = use_i18n();
    match end {
        None => view! { <Field name label hint=hint kind="password" mono=true /> }.into_any(),
        Some(end) => view! {
            <div class="secret">
                <p class="secret-stored">
                    <span class="label">{label}</span>
                    <span>{stored} " " <code>"••••" {end}</code></span>
                </p>
                <details class="secret-replace">
                    // For the guide, its focus counts as the field's.
                    <summary class="button" data-field=name>
                        {move || t_string!(i18n, common.button.replace)}
                    </summary>
                    <Field name label hint=hint kind="password" mono=true />
                </details>
            </div>
        }
        .into_any(),
    }
}

/// What is wrong with a field; the field names it in `aria-describedby`.
#[component]
pub fn FieldProblem(name: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let state = expect_context::<FormState>();
    let text = move || {
        state
            .problem(name)
            .map(|problem| labels::field_problem(i18n.get_locale(), &problem))
    };
    view! { <p class="problem" id=format!("{}-problem", id(name)) aria-live="polite">{text}</p> }.into_any()
}

/// The id of a field's control.
pub fn id(name: &str) -> String {
    format!("field-{name}")
}

/// The name under which a control is sent.
pub fn form_name(name: &str, alone: bool) -> String {
    if alone {
        name.to_owned()
    } else {
        format!("form[{name}]")
    }
}
