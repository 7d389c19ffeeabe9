//! Forms that are checked twice by the same rules: here, when a field is left or the form is sent, and again in
//! the process. They are plain forms, too: without JavaScript the process' answer comes back with the page.

use crate::{
    api::{ApiError, Checked},
    i18n::*,
    words,
};
use domain::refusal::{FieldProblem, Refusal};
use leptos::{
    ev,
    form::{ActionForm, FromFormData},
    prelude::*,
    server_fn::{Http, ServerFn, client::Client, codec::PostUrl, request::ClientReq},
};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlElement, HtmlFormElement};

/// What is known about the form around a field.
#[derive(Debug, Clone, Copy)]
pub struct FormState {
    /// What the browser's own check found last.
    found: RwSignal<Vec<FieldProblem>>,
    /// Fields that have been left: only these are told their problems before the form is sent.
    left: RwSignal<Vec<String>>,
    /// Fields typed into since the process answered: its problems with them are out of date.
    edited: RwSignal<Vec<String>>,
    answered: Signal<Vec<FieldProblem>>,
    /// The field that has the focus, for a guide beside the form.
    pub focused: RwSignal<Option<String>>,
}

impl FormState {
    fn new(answered: Signal<Vec<FieldProblem>>) -> Self {
        let focused = use_context::<FocusedField>().map_or_else(|| RwSignal::new(None), |focused| focused.0);
        Self {
            found: RwSignal::default(),
            left: RwSignal::default(),
            edited: RwSignal::default(),
            answered,
            focused,
        }
    }

    /// What is wrong with a field now, if anything.
    ///
    /// Nothing is, when the form has just been taken away: a saved form is made anew, and what was asked for in the
    /// same moment is answered a moment later.
    pub fn problem(self, field: &str) -> Option<FieldProblem> {
        let of = |problems: &Vec<FieldProblem>| problems.iter().find(|p| p.field == field).cloned();
        let among = |fields: &Vec<String>| fields.iter().any(|f| f == field);
        let ours = if self.left.try_with(among)? {
            self.found.try_with(of)?
        } else {
            None
        };
        let edited = self.edited.try_with(among)?;
        ours.or_else(|| if edited { None } else { self.answered.try_with(of)? })
    }

    fn leave(self, field: String) {
        self.left.update(|left| {
            if !left.contains(&field) {
                left.push(field);
            }
        });
    }
}

/// Provided around a form, makes the focus known beside it.
#[derive(Debug, Clone, Copy)]
pub struct FocusedField(pub RwSignal<Option<String>>);

/// A form for a server function, checked before it is sent.
#[component]
pub fn CheckedForm<S, O>(
    action: ServerAction<S>,
    #[prop(default = "form")] class: &'static str,
    /// For buttons that stand outside of it.
    #[prop(optional)]
    id: Option<&'static str>,
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = ApiError, Protocol = Http<PostUrl, O>>
        + Checked
        + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    S::Output: Send + Sync + 'static,
    S::Client: Client<ApiError>,
    <<S::Client as Client<ApiError>>::Request as ClientReq<ApiError>>::FormData: From<FormData>,
    O: 'static,
{
    let answer = action.value();
    let answered = Signal::derive(move || {
        let fields = answer.try_with(|answer| match answer {
            Some(Err(ApiError::Refused(Refusal::Invalid { fields }))) => fields.clone(),
            _ => Vec::new(),
        });
        fields.unwrap_or_default()
    });
    let state = FormState::new(answered);
    let check = move |form: &HtmlFormElement| {
        let found = problems::<S>(form);
        let bad = !found.is_empty();
        state.found.set(found);
        bad
    };

    // A button does not take the guide away: the page would move under the pointer that presses it.
    let focus_in = move |event: ev::FocusEvent| {
        if let Some(field) = field_of(&event) {
            state.focused.set(Some(field));
        }
    };
    let focus_out = move |event: ev::FocusEvent| {
        // A form that is taken away loses its focus last of all.
        if state.found.is_disposed() {
            return;
        }
        if let (Some(field), Some(form)) = (field_of(&event), form_of(&event)) {
            check(&form);
            state.leave(field);
        }
    };
    let input = move |event: ev::Event| {
        if let Some(field) = field_of(&event) {
            if state.problem(&field).is_some()
                && let Some(form) = form_of(&event)
            {
                check(&form);
            }
            state.edited.update(|edited| edited.push(field));
        }
    };
    let submit = move |event: ev::SubmitEvent| {
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

    view! {
        <ActionForm
            action
            attr:id=id
            attr:class=class
            attr:novalidate=true
            on:submit:capture=submit
            on:focusin=focus_in
            on:focusout=focus_out
            on:input=input
        >
            <leptos::context::Provider value=state>{children()}</leptos::context::Provider>
        </ActionForm>
    }
    .into_any()
}

/// Runs `then` with each answer that comes while the page is live.
pub fn on_answer<S>(action: ServerAction<S>, then: impl Fn(&Result<S::Output, ApiError>) + 'static)
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (version, answer) = (action.version(), action.value());
    Effect::new(move |seen: Option<usize>| {
        let now = version.get();
        if seen.is_some_and(|seen| seen != now) {
            answer.with_untracked(|answer| answer.iter().for_each(&then));
        }
        now
    });
}

/// What the process said of the whole form, in one sentence. Problems of fields stand under the fields.
#[component]
pub fn FormAnswer<S>(action: ServerAction<S>) -> impl IntoView
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let i18n = use_i18n();
    let answer = action.value();
    let text = move || {
        answer.try_with(|answer| match answer {
            Some(Err(error)) => Some(words::sentence(i18n.get_locale(), error)),
            _ => None,
        })?
    };
    view! {
        <div role="alert">{move || text().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
    }
    .into_any()
}

fn problems<S: Checked + DeserializeOwned>(form: &HtmlFormElement) -> Vec<FieldProblem> {
    let input = FormData::new_with_form(form)
        .ok()
        .and_then(|data| S::from_form_data(&data).ok());
    match input.map(|input| input.check()) {
        Some(Err(Refusal::Invalid { fields })) => fields,
        // What cannot be read here is left to the process to judge.
        _ => Vec::new(),
    }
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

/// `form[members][]` is the field `members`. What is not sent names its field in `data-field`.
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
