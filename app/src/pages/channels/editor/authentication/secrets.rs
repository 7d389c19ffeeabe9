//! The app secret, and the second one that is also valid while the secret is being reset at Meta.

use crate::{
    api::{ServerAction, channels::DropOldAppSecret},
    i18n::*,
    labels,
    ui::{Field, Secret, form::on_outcome, use_toasts},
};
use domain::{channel::AuthenticationForm, ids::ChannelId};
use leptos::{ev, prelude::*, server_fn::ServerFn};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Clears and closes the secrets' fields after a save: the new secrets are stored.
pub fn shut() {
    let open = || {
        document()
            .query_selector("details.secret-replace[open]")
            .ok()
            .flatten()
    };
    while let Some(field) = open() {
        let input = field.query_selector("input").ok().flatten();
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
            input.set_value("");
        }
        drop(field.remove_attribute("open"));
    }
}

/// The hint of a secret; a different one if unsaved input is kept.
pub fn secret_hint(locale: Locale, typed: bool) -> &'static str {
    match typed {
        true => td_string!(locale, channels.field.typed),
        false => td_string!(locale, channels.field.secret_hint),
    }
}

/// Both fields. Ending the reset does not touch the unsaved input of the other fields.
#[component]
pub fn AppSecrets(
    id: ChannelId,
    /// The last characters of the stored secrets.
    end: Option<String>,
    next_end: Option<String>,
    /// Typed and kept, not saved.
    typed: bool,
    next_typed: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let ends = RwSignal::new((end, next_end));
    let drop_old = ServerAction::<DropOldAppSecret>::new();
    on_outcome(drop_old, move |answer| match answer {
        Ok(()) => {
            toasts.say(t_string!(i18n, channels.secrets.done));
            ends.update(|(end, next_end)| *end = next_end.take());
        }
        Err(error) => toasts.warn(labels::sentence(i18n.get_locale_untracked(), error)),
    });
    let fields = move || match ends.get() {
        (Some(end), Some(next_end)) if !typed && !next_typed => {
            view! { <Both id end next_end drop_old /> }.into_any()
        }
        (end, _) => {
            let first = end.is_some();
            view! {
                <Secret
                    name="app_secret"
                    label=move || t_string!(i18n, channels.field.app_secret)
                    hint=move || secret_hint(i18n.get_locale(), typed)
                    stored=move || t_string!(i18n, channels.field.secret_stored)
                    end=end.filter(|_| !typed)
                />
                {first.then(|| view! { <Second typed=next_typed /> })}
            }
            .into_any()
        }
    };
    view! { {fields} }.into_any()
}

#[component]
fn Second(typed: bool) -> impl IntoView {
    let i18n = use_i18n();
    let hint = move || match typed {
        true => t_string!(i18n, channels.field.typed),
        false => t_string!(i18n, channels.field.next_app_secret_hint),
    };
    view! {
        <details class="secret-replace" open=typed>
            <summary class="button" data-field="next_app_secret">
                {move || t_string!(i18n, channels.secrets.add)}
            </summary>
            <Field
                name="next_app_secret"
                label=move || t_string!(i18n, channels.field.next_app_secret)
                hint=hint
                kind="password"
                mono=true
            />
        </details>
    }
    .into_any()
}

/// Both secrets are valid. Without JavaScript the button posts the form around it, so that unsaved input is kept.
#[component]
fn Both(
    id: ChannelId,
    end: String,
    next_end: String,
    drop_old: ServerAction<DropOldAppSecret>,
) -> impl IntoView {
    let i18n = use_i18n();
    let press = move |event: ev::MouseEvent| {
        event.prevent_default();
        drop_old.dispatch(DropOldAppSecret {
            id,
            version: 0,
            form: AuthenticationForm::default(),
        });
    };
    view! {
        <div class="secret" role="group" aria-labelledby="secrets-label">
            <p class="label" id="secrets-label">
                {move || t_string!(i18n, channels.field.app_secret)}
            </p>
            <p>{move || t_string!(i18n, channels.secrets.both)}</p>
            <p>{move || t_string!(i18n, channels.secrets.first)} " " <code>"••••" {end}</code></p>
            <p>{move || t_string!(i18n, channels.secrets.second)} " " <code>"••••" {next_end}</code></p>
            <p class="hint">{move || t_string!(i18n, channels.secrets.only_text)}</p>
            <button
                type="submit"
                class="button"
                formaction=DropOldAppSecret::PATH
                formnovalidate
                on:click=press
                aria-busy=move || drop_old.pending().get().then_some("true")
            >
                {move || t_string!(i18n, channels.secrets.only)}
            </button>
        </div>
    }
    .into_any()
}
