//! Shared by the pages of extensions, queues, labels and canned replies: listing, saving, disabling and enabling,
//! deleting.

use crate::{
    api::{ActionForm, AnyAction, ApiResult, Callable, Resource, ServerAction, Value},
    i18n::*,
    labels,
    ui::{
        Badge, Button, ButtonLink, Empty, Field, Form, IconName, Kind, Load, PageHead, Tone,
        field::FieldProblem, form::on_outcome, use_toasts,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A word in the reader's language.
pub type Word = fn(Locale) -> &'static str;

/// A list with its button, or what to do if it is empty.
#[component]
pub fn DirectoryList<T, V>(
    rows: Resource<ApiResult<Vec<T>>>,
    title: Word,
    icon: IconName,
    empty: Word,
    empty_text: Word,
    add: Word,
    add_path: &'static str,
    table: V,
) -> impl IntoView
where
    T: Value,
    V: Fn(Vec<T>) -> AnyView + Clone + Send + Sync + 'static,
{
    let i18n = use_i18n();
    let button = move || {
        view! {
            <ButtonLink href=add_path kind=Kind::Primary icon=IconName::Plus>
                {move || add(i18n.get_locale())}
            </ButtonLink>
        }
    };
    let shown = move |rows: Vec<T>| match rows.is_empty() {
        true => view! {
            <Empty
                icon
                title=move || empty(i18n.get_locale()).to_owned()
                text=move || empty_text(i18n.get_locale()).to_owned()
            >
                {button()}
            </Empty>
        }
        .into_any(),
        false => table(rows),
    };
    view! {
        <PageHead title=move || title(i18n.get_locale()).to_owned()>{button()}</PageHead>
        <Load from=rows view=shown />
    }
    .into_any()
}

/// Saves, shows a notice, and goes back to the list.
pub fn saves<S: Callable>(list: &'static str) -> Form<S> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let save = Form::new();
    on_outcome(save.action, move |answer| {
        if answer.is_ok() {
            toasts.say(t_string!(i18n, common.said.saved));
            go(list, Default::default());
        }
    });
    save
}

/// Disables or enables, shows a notice, and reads again.
pub fn switches<S: Callable, T: Value>(stored: Resource<ApiResult<T>>) -> ServerAction<S> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let switch = ServerAction::new();
    on_outcome(switch, move |answer| match answer {
        Ok(_) => {
            toasts.say(t_string!(i18n, common.said.saved));
            stored.refetch();
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    switch
}

/// The button that disables or enables, with a text that says what it does.
#[component]
pub fn SwitchForm(
    #[prop(into)] action: AnyAction,
    id: String,
    disabled: bool,
    /// What disabling does.
    disable_text: Word,
    enable_text: Word,
) -> impl IntoView {
    let i18n = use_i18n();
    let explained = move || match disabled {
        true => enable_text(i18n.get_locale()),
        false => disable_text(i18n.get_locale()),
    };
    view! {
        <section class="panel">
            <p>{explained}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="disabled" value=(!disabled).to_string() />
                <Button
                    submit=true
                    kind=if disabled { Kind::Plain } else { Kind::Danger }
                    busy=action.pending()
                >
                    {move || match disabled {
                        true => t_string!(i18n, common.button.enable),
                        false => t_string!(i18n, common.button.disable),
                    }}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// The field for a user's new password. One's own is changed where the current one is asked for.
#[component]
pub fn NewPassword(
    own: bool,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] hint: Signal<&'static str>,
) -> impl IntoView {
    let i18n = use_i18n();
    match own {
        true => view! {
            <div class="field">
                <a href="/account">{move || t_string!(i18n, account.own_password)}</a>
                <FieldProblem name="password" />
            </div>
        }
        .into_any(),
        false => view! { <Field name="password" label hint kind="password" autocomplete="new-password" /> }
            .into_any(),
    }
}

/// Deletes, shows a notice, and goes back to the list.
pub fn deletes<S: Callable>(list: &'static str, done: Word) -> ServerAction<S> {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let go = use_navigate();
    let delete = ServerAction::new();
    on_outcome(delete, move |answer| match answer {
        Ok(_) => {
            toasts.say(done(i18n.get_locale_untracked()));
            go(list, Default::default());
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    delete
}

/// The button that deletes, with a text that says what is lost.
#[component]
pub fn DeleteForm(
    #[prop(into)] action: AnyAction,
    id: String,
    /// What deleting does.
    text: Word,
    button: Word,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel">
            <p>{move || text(i18n.get_locale())}</p>
            <ActionForm action>
                <input type="hidden" name="id" value=id />
                <Button submit=true kind=Kind::Danger busy=action.pending()>
                    {move || button(i18n.get_locale())}
                </Button>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// Whether an extension or a queue is in use.
#[component]
pub fn Enabled(disabled: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, word): (_, Word) = match disabled {
        true => (Tone::Off, |locale| td_string!(locale, common.state.disabled)),
        false => (Tone::Good, |locale| td_string!(locale, common.state.enabled)),
    };
    view! { <Badge tone word=move || word(i18n.get_locale()) /> }.into_any()
}
