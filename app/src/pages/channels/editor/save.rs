//! Shared by the tabs: the channel that is edited, and saving a part of it.

use crate::{
    api::{ApiError, ApiResult},
    i18n::*,
    ui::{Form, form::on_answer, use_toasts},
};
use domain::channel::Presence;
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Serialize, de::DeserializeOwned};

/// The channel as the editor's header shows it. Tabs read it again after they have changed it.
#[derive(Debug, Clone, Copy)]
pub struct EditedChannel(pub Resource<ApiResult<Presence>>);

/// Saves a tab, shows a notice, and reads the tab and the header again.
pub fn saves<S, T>(stored: Resource<ApiResult<T>>) -> Form<S>
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let i18n = use_i18n();
    let toasts = use_toasts();
    let EditedChannel(edited) = expect_context();
    let save = Form::new();
    on_answer(save.action, move |answer: &Result<S::Output, ApiError>| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            edited.refetch();
        }
    });
    save
}
