//! A server function that users call, by a form or by a button.

use super::{
    held::{Held, Value},
    protocol::{ask, read, written},
    reauthentication::{Reauthentication, asked},
};
use crate::{
    api::{ApiError, ApiResult},
    wire,
};
use leptos::{
    ev::SubmitEvent,
    form::form_data_from_event,
    logging,
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, marker::PhantomData, ops::Deref};
use web_sys::{FormData, UrlSearchParams};

/// Calls a server function, and has its last answer.
pub struct ServerAction<S> {
    any: AnyAction,
    of: PhantomData<fn() -> S>,
}

impl<S> Clone for ServerAction<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for ServerAction<S> {}

impl<S> fmt::Debug for ServerAction<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any.fmt(f)
    }
}

impl<S> Deref for ServerAction<S> {
    type Target = AnyAction;

    fn deref(&self) -> &AnyAction {
        &self.any
    }
}

impl<S> From<ServerAction<S>> for AnyAction {
    fn from(action: ServerAction<S>) -> Self {
        action.any
    }
}

/// A server function that a page may call.
pub trait Callable: ServerFn<Error = ApiError, Output: Value> + 'static {}

impl<S: ServerFn<Error = ApiError, Output: Value> + 'static> Callable for S {}

impl<S: Callable> ServerAction<S> {
    #[expect(clippy::new_without_default, reason = "it has a place in the page")]
    pub fn new() -> Self {
        Self {
            any: AnyAction::new(S::PATH, |answer| read::<S::Output>(answer).map(Held::of)),
            of: PhantomData,
        }
    }

    pub fn dispatch(self, arguments: S)
    where
        S: Serialize,
    {
        match written(&arguments) {
            Ok(form) => self.any.post(form),
            Err(error) => logging::error!("{}: {error}", S::PATH),
        }
    }

    /// The last answer.
    pub fn value(self) -> Signal<Option<ApiResult<S::Output>>> {
        let value = self.any.action.value();
        Signal::derive(move || typed(value.try_get()?))
    }

    /// What was called last, while its answer is on its way.
    pub fn input(self) -> Option<S>
    where
        S: DeserializeOwned,
    {
        wire::read_form(&self.any.action.input().get()?).ok()
    }
}

fn typed<T: Value>(answer: Option<ApiResult<Held>>) -> Option<ApiResult<T>> {
    match answer? {
        Ok(held) => held.into_inner().map(Ok),
        Err(error) => Some(Err(error)),
    }
}

/// A [`ServerAction`] of any server function.
#[derive(Clone, Copy)]
pub struct AnyAction {
    path: &'static str,
    action: Action<String, ApiResult<Held>>,
}

impl fmt::Debug for AnyAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyAction")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl AnyAction {
    fn new(path: &'static str, read: fn(&str) -> ApiResult<Held>) -> Self {
        // The answer to a plain form post comes with the page.
        let refused = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| Err(ServerFnUrlError::<ApiError>::decode_err(error.err())));
        let reauthentication = use_context::<Reauthentication>();
        let action = Action::new_with_value(refused, move |form: &String| {
            let form = form.clone();
            async move { read(&asked(reauthentication, || ask(path, form.clone())).await?) }
        });
        Self { path, action }
    }

    /// Posts the text of a form.
    pub fn post(self, form: String) {
        self.action.dispatch(form);
    }

    pub fn pending(self) -> Memo<bool> {
        self.action.pending()
    }

    /// How many answers there have been.
    pub fn answers(self) -> usize {
        self.action.version().get()
    }

    /// Whether the last answer was an error, and which one.
    pub fn outcome(self) -> Option<ApiResult<()>> {
        let answer = self.action.value().try_get()??;
        Some(answer.map(|_| ()))
    }
}

/// A form that calls a server function; without JavaScript the browser posts it.
#[component]
pub fn ActionForm(#[prop(into)] action: AnyAction, children: Children) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        let data = form_data_from_event(&event).ok();
        if let Some(form) = data.and_then(|data| form_text(&data)) {
            action.post(form);
        }
    };
    view! {
        <form action=action.path method="post" on:submit=submit>
            {children()}
        </form>
    }
    .into_any()
}

/// A form as it is sent.
pub fn form_text(data: &FormData) -> Option<String> {
    let text = UrlSearchParams::new_with_str_sequence_sequence(data).ok()?;
    Some(text.to_string().into())
}
