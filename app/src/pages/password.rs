//! The page of a link by which somebody gives themselves a new password. A plain form: it works before, and without, the
//! wasm.

use super::login::Gate;
use crate::{
    api::{
        Resource,
        users::{UsePasswordLink, password_link},
    },
    i18n::*,
    ui::{
        Button, ButtonLink, CheckedForm, Empty, Field, Form, IconName, Kind, Load, Title, form::FormAnswer,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn PasswordPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let token = Memo::new(move |_| query.with(|query| query.get("token").unwrap_or_default()));
    let user = Resource::new(move || token.get(), password_link);
    let form = Form::<UsePasswordLink>::new();
    let view = move |login: Option<String>| match login {
        Some(login) => view! {
            <CheckedForm form>
                <FormAnswer action=form.action />
                <input type="hidden" name="token" value=token.get_untracked() />
                <input type="text" name="login" value=login autocomplete="username" hidden />
                <Field
                    name="password"
                    alone=true
                    autofocus=true
                    label=move || t_string!(i18n, account.new_password)
                    hint=move || t_string!(i18n, auth.password_hint)
                    kind="password"
                    autocomplete="new-password"
                />
                <Button submit=true kind=Kind::Primary busy=form.pending()>
                    {move || t_string!(i18n, account.users.set)}
                </Button>
            </CheckedForm>
        }
        .into_any(),
        None => view! {
            <Empty
                icon=IconName::Key
                title=move || t_string!(i18n, auth.link_used).to_owned()
                text=move || t_string!(i18n, account.users.link_used_text).to_owned()
            >
                <ButtonLink href="/login" kind=Kind::Primary>
                    {move || t_string!(i18n, auth.to_log_in)}
                </ButtonLink>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <Title text=move || t_string!(i18n, account.new_password).to_owned() />
        <Gate title=move || t_string!(i18n, account.new_password) text=move || t_string!(i18n, account.users.set_text)>
            <Load from=user lines=3 view />
        </Gate>
    }
    .into_any()
}
