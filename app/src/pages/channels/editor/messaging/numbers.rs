//! The numbers that Meta knows, to pick from instead of copying ids.

use crate::{
    api::{
        ServerAction,
        channels::{FetchNumbers, PickNumber},
    },
    i18n::*,
    labels,
    pages::channels::editor::answer::Answer,
    ui::{Button, IconName, field, form::text_of, use_toasts},
};
use domain::doctor::{MetaAction, NumberChoice, Outcome};
use leptos::{ev, prelude::*, server_fn::ServerFn};
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement};

/// The button and the list. They belong to the form around them and send its input along, saved or not.
#[component]
pub fn FetchNumbersField(
    /// Whether there is a token to ask Meta with.
    has_token: bool,
    /// Meta's answer, if it came before the page was drawn.
    answered: Option<MetaAction<Vec<NumberChoice>>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let fetch = ServerAction::<FetchNumbers>::new();
    let press = move |event: ev::MouseEvent| {
        if let Some(form) = form_of(&event).and_then(|form| text_of(&form)) {
            event.prevent_default();
            fetch.post(form);
        }
    };
    let answer = fetch.value();
    let shown = move || match (answer.try_get().flatten(), &answered) {
        (Some(Ok(meta_action)), _) => Some(view! { <Numbers meta_action /> }.into_any()),
        (Some(Err(error)), _) => {
            Some(view! { <p class="notice bad">{labels::sentence(i18n.get_locale(), &error)}</p> }.into_any())
        }
        (None, Some(meta_action)) => Some(view! { <Numbers meta_action=meta_action.clone() /> }.into_any()),
        (None, None) => None,
    };
    let hint = move || match has_token {
        true => t_string!(i18n, channels.numbers.hint),
        false => t_string!(i18n, channels.numbers.no_token),
    };
    view! {
        <div class="numbers">
            <Button
                submit=true
                icon=IconName::Refresh
                busy=fetch.pending()
                disabled=!has_token
                attr:formaction=FetchNumbers::PATH
                attr:formnovalidate=true
                press
            >
                {move || t_string!(i18n, channels.numbers.button)}
            </Button>
            <p class="hint">{hint}</p>
            <div aria-live="polite">{shown}</div>
        </div>
    }
    .into_any()
}

#[component]
fn Numbers(meta_action: MetaAction<Vec<NumberChoice>>) -> impl IntoView {
    let i18n = use_i18n();
    let MetaAction { called, outcome } = meta_action;
    match outcome {
        Outcome::Done(numbers) if numbers.is_empty() => {
            view! { <p class="notice">{move || t_string!(i18n, channels.numbers.none)}</p> }.into_any()
        }
        Outcome::Done(numbers) => {
            let lines = numbers
                .into_iter()
                .map(|number| view! { <NumberLine number /> })
                .collect_view();
            view! {
                <p>{move || t_string!(i18n, channels.numbers.found)}</p>
                <ul class="number-list">{lines}</ul>
            }
            .into_any()
        }
        failed => {
            let meta_action = MetaAction {
                called,
                outcome: failed.map(drop),
            };
            view! { <Answer meta_action /> }.into_any()
        }
    }
}

#[component]
fn NumberLine(number: NumberChoice) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    // `pick_number` parses this where no script fills in the fields.
    let value = serde_json::to_string(&number).unwrap_or_default();
    let display = number
        .display
        .clone()
        .unwrap_or_else(|| number.phone_number_id.clone());
    let name = number.verified_name.clone();
    let id = number.phone_number_id.clone();
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        if let Some(display) = &number.display {
            fill("phone_number", display);
        }
        fill("phone_number_id", &number.phone_number_id);
        fill("waba_id", &number.waba_id);
        toasts.say(t_string!(i18n, channels.numbers.picked));
    };
    view! {
        <li>
            <button
                type="submit"
                class="number-choice"
                name="number"
                value=value
                formaction=PickNumber::PATH
                formnovalidate
                on:click=press
            >
                <strong class="nums">{display}</strong>
                <span>{name}</span>
                <code>{id}</code>
            </button>
        </li>
    }
    .into_any()
}

fn form_of(event: &ev::MouseEvent) -> Option<HtmlFormElement> {
    let pressed: web_sys::Element = event.target()?.dyn_into().ok()?;
    pressed.closest("form").ok()??.dyn_into().ok()
}

/// Fills in a field, with the input event that typing would cause.
fn fill(name: &str, value: &str) {
    let input = document().get_element_by_id(&field::id(name));
    if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value(value);
        let options = web_sys::EventInit::new();
        options.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &options) {
            drop(input.dispatch_event(&event));
        }
    }
}
