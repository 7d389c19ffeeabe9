//! What somebody needs to set up a second factor, and the field for its codes.

use crate::{
    api::qr::Qr,
    i18n::*,
    ui::{CopyField, Field},
};
use domain::access::SecondFactorSetup;
use leptos::prelude::*;

/// The first two steps; the third is to type a code.
#[component]
pub fn SetUp(setup: SecondFactorSetup, qr: Option<Qr>) -> impl IntoView {
    let i18n = use_i18n();
    let SecondFactorSetup {
        secret,
        recovery_codes,
        ..
    } = setup;
    let qr = qr.map(|Qr { size, path }| {
        view! {
            <svg
                class="qr"
                viewBox=format!("0 0 {size} {size}")
                role="img"
                aria-label=move || t_string!(i18n, account.factor.qr)
            >
                <path d=path />
            </svg>
        }
    });
    let codes = recovery_codes.into_iter().map(|code| view! { <li>{code}</li> });
    let codes = codes.collect_view().into_any();
    view! {
        <section class="set-up">
            <h2>{move || t_string!(i18n, account.factor.step_app)}</h2>
            <p>{move || t_string!(i18n, account.factor.step_app_text)}</p>
            {qr}
            <CopyField
                name="secret"
                label=move || t_string!(i18n, account.factor.secret)
                hint=move || t_string!(i18n, account.factor.secret_hint)
                value=secret
            />
        </section>
        <section class="set-up">
            <h2>{move || t_string!(i18n, account.factor.step_codes)}</h2>
            <p>{move || t_string!(i18n, account.factor.step_codes_text)}</p>
            <ul class="recovery-codes">{codes}</ul>
        </section>
    }
    .into_any()
}

/// A code of the app, or a recovery code.
#[component]
pub fn Code(#[prop(optional)] autofocus: bool, #[prop(into)] hint: Signal<&'static str>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Field
            name="code"
            alone=true
            mono=true
            autofocus=autofocus
            label=move || t_string!(i18n, account.factor.code)
            hint
            autocomplete="one-time-code"
        />
    }
    .into_any()
}
