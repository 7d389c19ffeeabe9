//! The first start: the person with the link from the log becomes the first administrator.

use super::login::Gate;
use crate::{
    api::{
        Resource,
        auth::{FinishSetup, setup_link_valid},
    },
    i18n::*,
    ui::{
        Button, ButtonLink, CheckedForm, Empty, Field, Form, IconName, Kind, Load, Title, form::FormAnswer,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SetupPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let token = Memo::new(move |_| query.with(|query| query.get("token")).unwrap_or_default());
    let valid = Resource::new(move || token.get(), setup_link_valid);
    let setup = Form::<FinishSetup>::new();
    let form = move || {
        view! {
            <CheckedForm form=setup>
                <FormAnswer action=setup.action />
                <input type="hidden" name="token" value=token.get_untracked() />
                <Field
                    name="name"
                    label=move || t_string!(i18n, auth.name)
                    hint=move || t_string!(i18n, auth.name_hint)
                    autocomplete="name"
                />
                <Field
                    name="login"
                    label=move || t_string!(i18n, auth.login)
                    hint=move || t_string!(i18n, auth.login_hint)
                    autocomplete="username"
                />
                <Field
                    name="password"
                    label=move || t_string!(i18n, auth.password)
                    hint=move || t_string!(i18n, auth.password_hint)
                    kind="password"
                    autocomplete="new-password"
                />
                <Button submit=true kind=Kind::Primary busy=setup.pending()>
                    {move || t_string!(i18n, auth.create)}
                </Button>
            </CheckedForm>
        }
        .into_any()
    };
    let used = move || {
        view! {
            <Empty
                icon=IconName::Key
                title=move || t_string!(i18n, auth.link_used).to_owned()
                text=move || t_string!(i18n, auth.link_used_text).to_owned()
            >
                <ButtonLink href="/login" kind=Kind::Primary>
                    {move || t_string!(i18n, auth.to_log_in)}
                </ButtonLink>
            </Empty>
        }
        .into_any()
    };
    view! {
        <Title text=move || t_string!(i18n, auth.setup_title).to_owned() />
        <Gate
            title=move || t_string!(i18n, auth.setup_title)
            text=move || t_string!(i18n, auth.setup_text)
        >
            <Load from=valid lines=3 view=move |valid| if valid { form() } else { used() } />
        </Gate>
    }
    .into_any()
}
