//! The password is asked for again, without a script. A live page has a dialog.

use crate::{
    api::account::Reauthenticate,
    i18n::*,
    ui::{
        Button, CheckedForm, Field, Form, Kind, PageHead,
        form::{FormAnswer, on_outcome},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

#[component]
pub fn ReauthenticatePage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let navigate = use_navigate();
    let next = Memo::new(move |_| {
        query
            .with(|query| query.get("next"))
            .unwrap_or_else(|| "/account".to_owned())
    });
    let form = Form::<Reauthenticate>::new();
    on_outcome(form.action, move |outcome| {
        if outcome.is_ok() {
            navigate(&next.get_untracked(), Default::default());
        }
    });
    view! {
        <PageHead title=move || t_string!(i18n, account.again.title).to_owned() />
        <section class="panel">
            <p>{move || t_string!(i18n, account.again.text)}</p>
            <CheckedForm form>
                <FormAnswer action=form.action />
                <input type="hidden" name="next" value=next.get_untracked() />
                <Field
                    name="password"
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
        </section>
    }
    .into_any()
}
