//! The password is asked for again, without a script. A live page has a dialog.

use crate::{
    api::{account::Reauthenticate, plain_form},
    frame::single_sign_on::{SignOn, SignOnLink, SignOnNotice},
    i18n::*,
    ui::{
        Button, CheckedForm, Field, Form, Kind, PageHead,
        form::{FormAnswer, on_outcome},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ReauthenticatePage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = Memo::new(move |_| {
        let next = query.with(|query| query.get("next"));
        let next = next.unwrap_or_else(|| "/account".to_owned());
        plain_form::local(&next).to_owned()
    });
    // In a tab of its own, beside the one that asks.
    let proved = move || query.with(|query| query.get("proved")).is_some();
    let form = Form::<Reauthenticate>::new();
    on_outcome(form.action, move |outcome| {
        if outcome.is_ok() {
            // A page that is loaded shows what was typed before, and keeps this browser's alerts.
            drop(window().location().set_href(&next.get_untracked()));
        }
    });
    let asked = move || {
        view! {
            <p>{move || t_string!(i18n, account.again.text)}</p>
            <SignOnLink what_for=SignOn::Again next />
            <CheckedForm form>
                <FormAnswer action=form.action />
                <input type="hidden" name="next" value=next.get_untracked() />
                <Field
                    name="current"
                    alone=true
                    autofocus=true
                    label=move || t_string!(i18n, auth.password)
                    kind="password"
                    autocomplete="current-password"
                />
                <Button submit=true kind=Kind::Primary busy=form.pending()>
                    {move || t_string!(i18n, account.again.go)}
                </Button>
            </CheckedForm>
        }
    };
    view! {
        <PageHead title=move || t_string!(i18n, account.again.title).to_owned() />
        <section class="panel">
            <SignOnNotice />
            {move || match proved() {
                true => {
                    view! { <p class="notice good">{t_string!(i18n, auth.sign_on.confirmed)}</p> }.into_any()
                }
                false => asked().into_any(),
            }}
        </section>
    }
    .into_any()
}
