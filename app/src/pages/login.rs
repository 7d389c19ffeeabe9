//! The log-in page. A plain form: it works before, and without, the wasm.

use crate::{
    api::auth::LogIn,
    frame::{
        single_sign_on::{SignOn, SignOnLink, SignOnNotice},
        switches::{LanguageSwitch, ThemeSwitch},
    },
    i18n::*,
    ui::{Button, CheckedForm, Field, Form, Kind, Title, form::FormAnswer},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn LoginPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).unwrap_or_default();
    let form = Form::<LogIn>::new();
    view! {
        <Title text=move || t_string!(i18n, auth.log_in).to_owned() />
        <Gate title=move || "Switchboard" text=move || t_string!(i18n, auth.welcome)>
            <SignOnNotice />
            <SignOnLink what_for=SignOn::LogIn next=Signal::derive(next) />
            <CheckedForm form>
                <FormAnswer action=form.action />
                <input type="hidden" name="next" value=untrack(next) />
                <Field
                    name="login"
                    alone=true
                    autofocus=true
                    label=move || t_string!(i18n, auth.login)
                    autocomplete="username"
                />
                <Field
                    name="password"
                    alone=true
                    label=move || t_string!(i18n, auth.password)
                    kind="password"
                    autocomplete="current-password"
                />
                <Button submit=true kind=Kind::Primary busy=form.pending()>
                    {move || t_string!(i18n, auth.log_in)}
                </Button>
                {move || {
                    (!next().is_empty()).then(|| view! { <p class="hint">{t_string!(i18n, auth.back_to)}</p> })
                }}
            </CheckedForm>
        </Gate>
    }
    .into_any()
}

/// The frame around the pages that are shown before a log-in.
#[component]
pub fn Gate(
    #[prop(into)] title: Signal<&'static str>,
    #[prop(into)] text: Signal<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="gate">
            <header class="gate-bar">
                <ThemeSwitch />
                <LanguageSwitch />
            </header>
            <main class="gate-card">
                <svg class="mark" width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
                    <rect width="32" height="32" rx="8" />
                    <path d="M9 10h14v9h-7l-5 4v-4H9z" />
                </svg>
                <h1>{title}</h1>
                <p class="gate-text">{text}</p>
                {children()}
            </main>
        </div>
    }
    .into_any()
}
