//! Forms that are checked twice by the same rules: here, when a field is left or the form is sent, and again in
//! the process. They are plain forms, too: without JavaScript the process' answer comes back with the page.

use super::toast::use_toasts;
use crate::{
    api::{ActionForm, AnyAction, ApiError, ApiResult, Callable, Checked, ServerAction, form_text},
    i18n::*,
    labels, wire,
};
use domain::{
    form::{FieldProblem, Invalid},
    refusal::Refusal,
};
use leptos::{ev, html, prelude::*};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement, HtmlInputElement};

/// A form: the server function that it is sent to, and the state of its fields.
///
/// It is created once per page, beside the resource that fills it: each read redraws the form, and the state must
/// outlive that.
pub struct Form<S> {
    pub action: ServerAction<S>,
    state: FormState,
}

impl<S> Clone for Form<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Form<S> {}

impl<S> std::fmt::Debug for Form<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl<S: Callable> Form<S> {
    #[expect(clippy::new_without_default, reason = "it starts effects")]
    pub fn new() -> Self {
        let action = ServerAction::new();
        let state = FormState::of(action.into());
        Self { action, state }
    }

    pub fn pending(self) -> Memo<bool> {
        self.action.pending()
    }
}

/// The state of the form around a field.
#[derive(Debug, Clone, Copy)]
pub struct FormState {
    /// The problems that the browser's own check found last.
    found: RwSignal<Vec<FieldProblem>>,
    /// Fields that the user has left: only these show their problems before the form is sent.
    left: RwSignal<Vec<String>>,
    /// Fields edited since the form was sent: the process' answer about them is out of date.
    edited: RwSignal<Vec<String>>,
    answered: Signal<Vec<FieldProblem>>,
    /// The form has been saved, and the stored values have not been shown yet.
    saved: StoredValue<bool>,
}

impl FormState {
    fn of(action: AnyAction) -> Self {
        let state = Self {
            found: RwSignal::default(),
            left: RwSignal::default(),
            edited: RwSignal::default(),
            answered: Signal::derive(move || match action.outcome() {
                Some(Err(ApiError::Refused(Refusal::Invalid { fields }))) => fields,
                _ => Vec::new(),
            }),
            saved: StoredValue::new(false),
        };
        on_outcome(action, move |outcome| {
            if outcome.is_ok() {
                state.begin_anew();
            }
        });
        state
    }

    /// What is wrong with a field now, if anything.
    pub fn problem(self, field: &str) -> Option<FieldProblem> {
        let of = |problems: &Vec<FieldProblem>| problems.iter().find(|p| p.field == field).cloned();
        let among = |fields: &Vec<String>| fields.iter().any(|f| f == field);
        let ours = self.found.with(of).filter(|_| self.left.with(among));
        ours.or_else(|| self.answered.with(of).filter(|_| !self.edited.with(among)))
    }

    /// What is wrong now within a field that holds fields of its own, such as `rates.markets.2.countries`.
    pub fn problems_within(self, field: &str) -> Vec<FieldProblem> {
        let within = |of: &str| of.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
        let of = |problems: &Vec<FieldProblem>| {
            let problems = problems.iter().filter(|problem| within(&problem.field));
            problems.cloned().collect::<Vec<_>>()
        };
        let among = |fields: &Vec<String>| fields.iter().any(|of| of == field || within(of));
        let ours = match self.left.with(among) {
            true => self.found.with(of),
            false => Vec::new(),
        };
        match ours.is_empty() && !self.edited.with(among) {
            true => self.answered.with(of),
            false => ours,
        }
    }

    fn leave(self, field: String) {
        self.left.update(|left| {
            if !left.contains(&field) {
                left.push(field);
            }
        });
    }

    /// After a save, no field counts as left.
    fn begin_anew(self) {
        self.found.update(Vec::clear);
        self.left.update(Vec::clear);
        self.saved.set_value(true);
    }

    /// Shows the stored values in a redrawn form: its fields are the same elements, which still show the text typed
    /// before the save. Text typed since then stays.
    fn show_stored(self, form: &Element) {
        if !self.saved.try_update_value(std::mem::take).unwrap_or_default() {
            return;
        }
        let Ok(inputs) = form.query_selector_all("input.input") else {
            return;
        };
        let inputs = (0..inputs.length()).filter_map(|n| inputs.get(n)?.dyn_into::<HtmlInputElement>().ok());
        for input in inputs {
            let (name, stored) = (input.name(), input.default_value());
            let edited = self
                .edited
                .with_untracked(|edited| edited.iter().any(|field| field == bare(&name)));
            if !edited && input.value() != stored {
                input.set_value(&stored);
            }
        }
    }
}

/// Provided around a form: tells the views beside it which field has the focus.
#[derive(Debug, Clone, Copy)]
pub struct FocusedField(pub RwSignal<Option<String>>);

/// A form for a server function, checked before it is sent.
#[component]
pub fn CheckedForm<S>(
    form: Form<S>,
    #[prop(default = "form")] class: &'static str,
    /// For buttons outside of the form.
    #[prop(optional)]
    id: Option<&'static str>,
    children: Children,
) -> impl IntoView
where
    S: Checked + DeserializeOwned + 'static,
{
    checked_form(form.action.into(), form.state, problems::<S>, class, id, children)
}

/// `problems` finds what is wrong with the form's text.
fn checked_form(
    action: AnyAction,
    state: FormState,
    problems: fn(&str) -> Vec<FieldProblem>,
    class: &'static str,
    id: Option<&'static str>,
    children: Children,
) -> AnyView {
    let focused = use_context::<FocusedField>();
    let toasts = use_toasts();
    let check = move |form: &HtmlFormElement| {
        let found = text_of(form).map(|text| problems(&text)).unwrap_or_default();
        let bad = !found.is_empty();
        state.found.set(found);
        bad
    };

    // A button does not close the guide: the page would move under the pointer that presses the button.
    let focus_in = move |event: ev::FocusEvent| {
        if let (Some(FocusedField(focused)), Some(field)) = (focused, field_of(&event)) {
            focused.set(Some(field));
        }
    };
    let focus_out = move |event: ev::FocusEvent| {
        // A message that appears now would move the pressed element from under the pointer, and the press would be
        // lost.
        if is_something_pressed() {
            return;
        }
        if let (Some(field), Some(form)) = (field_of(&event), form_of(&event)) {
            check(&form);
            state.leave(field);
        }
    };
    let input = move |event: ev::Event| {
        if let Some(field) = field_of(&event) {
            if (state.problem(&field).is_some() || !state.problems_within(&field).is_empty())
                && let Some(form) = form_of(&event)
            {
                check(&form);
            }
            state.edited.update(|edited| edited.push(field));
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        // The notice that the form was saved is about the previous submit.
        toasts.withdraw();
        state.edited.update(Vec::clear);
        let Some(form) = form_of(&event) else { return };
        if check(&form) {
            event.prevent_default();
            for problem in state.found.get_untracked() {
                state.leave(problem.field);
            }
            focus_first_problem(form);
        }
    };

    let listeners = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(listeners) = listeners.get() {
            state.show_stored(&listeners);
        }
    });

    // The listeners are on an element around the form, since on a component they would survive a redraw.
    view! {
        <div
            class="form-listeners"
            node_ref=listeners
            on:submit:capture=submit
            on:focusin=focus_in
            on:focusout=focus_out
            on:input=input
        >
            <ActionForm action attr:id=id attr:class=class attr:novalidate=true>
                <leptos::context::Provider value=state>{children()}</leptos::context::Provider>
            </ActionForm>
        </div>
    }
    .into_any()
}

/// Runs `then` with each answer that comes while the page is live.
pub fn on_answer<S: Callable>(action: ServerAction<S>, then: impl Fn(&ApiResult<S::Output>) + 'static) {
    on_outcome(action, move |_| {
        untrack(|| action.value().with(|answer| answer.iter().for_each(&then)));
    });
}

/// [`on_answer`], where it only matters whether the answer is an error.
pub fn on_outcome(action: impl Into<AnyAction>, then: impl Fn(&ApiResult<()>) + 'static) {
    follow(action.into(), Box::new(then));
}

type Then = Box<dyn Fn(&ApiResult<()>)>;

fn follow(action: AnyAction, then: Then) {
    Effect::new(move |seen: Option<usize>| {
        let now = action.answers();
        if seen.is_some_and(|seen| seen != now) {
            untrack(|| action.outcome()).iter().for_each(&then);
        }
        now
    });
}

/// The process' answer about the whole form, in one sentence. Problems of fields are shown under the fields.
#[component]
pub fn FormAnswer(#[prop(into)] action: AnyAction) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || match action.outcome()? {
        Err(error) => Some(labels::sentence(i18n.get_locale(), &error)),
        Ok(()) => None,
    };
    view! {
        <div role="alert">{move || text().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
    }
    .into_any()
}

/// Input that cannot be read here is left to the process.
fn problems<S: Checked + DeserializeOwned>(form: &str) -> Vec<FieldProblem> {
    match wire::read_form::<S>(form).map(|input| input.check()) {
        Ok(Err(Invalid { fields })) => fields,
        _ => Vec::new(),
    }
}

/// A form as it is sent.
pub fn text_of(form: &HtmlFormElement) -> Option<String> {
    form_text(&FormData::new_with_form(form).ok()?)
}

fn is_something_pressed() -> bool {
    let pressed = document().query_selector("button:active, a:active, summary:active, label:active");
    pressed.is_ok_and(|pressed| pressed.is_some())
}

fn focus_first_problem(form: HtmlFormElement) {
    request_animation_frame(move || {
        let first = form.query_selector("[aria-invalid='true']").ok().flatten();
        if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            drop(first.focus());
        }
    });
}

fn element_of(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn form_of(event: &web_sys::Event) -> Option<HtmlFormElement> {
    element_of(event)?.closest("form").ok()??.dyn_into().ok()
}

/// `form[members][]` is the field `members`. An element that is not sent names its field in `data-field`.
fn field_of(event: &web_sys::Event) -> Option<String> {
    let element = element_of(event)?;
    let name = element
        .get_attribute("name")
        .or_else(|| element.get_attribute("data-field"))?;
    Some(bare(&name).to_owned())
}

fn bare(name: &str) -> &str {
    name.strip_prefix("form[")
        .and_then(|rest| rest.split(']').next())
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn fields_are_known_by_their_names_in_the_domain() {
        assert_eq!(super::bare("form[members][]"), "members");
        assert_eq!(super::bare("form[name]"), "name");
        assert_eq!(super::bare("login"), "login");
    }
}
