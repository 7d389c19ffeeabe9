//! Shared by the tabs: the channel that is edited, and saving a part of it.

use crate::{
    api::{ApiResult, Callable, Resource, Value},
    i18n::*,
    ui::{Form, form::on_outcome, use_toasts},
};
use domain::channel::Presence;
use leptos::prelude::*;

/// The channel as the editor's header shows it. Tabs read it again after they have changed it.
#[derive(Debug, Clone, Copy)]
pub struct EditedChannel(pub Resource<ApiResult<Presence>>);

/// Saves a tab, shows a notice, and reads the tab and the header again.
pub fn saves<S: Callable, T: Value>(stored: Resource<ApiResult<T>>) -> Form<S> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let EditedChannel(edited) = expect_context();
    let save = Form::new();
    on_outcome(save.action, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
            edited.refetch();
        }
    });
    save
}
