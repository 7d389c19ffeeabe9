//! The log-in's second step. A plain form: it works before, and without, the wasm.

use super::set_up::{Code, SetUp};
use crate::{
    api::{
        Resource,
        second_factor::{GiveCode, SecondFactorPage, login_code},
    },
    i18n::*,
    pages::login::Gate,
    ui::{Button, ButtonLink, CheckedForm, Empty, Form, IconName, Kind, Load, Title, form::FormAnswer},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn LoginCodePage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).unwrap_or_default();
    let form = Form::<GiveCode>::new();
    let stored = Resource::new(|| (), |()| login_code());
    let view = move |page: Option<SecondFactorPage>| match page {
        Some(page) => {
            let is_new = page.factor.setup.is_some();
            let set_up = page.factor.setup.map(|setup| {
                view! {
                    <p>{move || t_string!(i18n, account.factor.required)}</p>
                    <SetUp setup qr=page.qr />
                    <h2>{move || t_string!(i18n, account.factor.step_code)}</h2>
                }
            });
            let hint = move || match is_new {
                true => t_string!(i18n, account.factor.first_code_hint),
                false => t_string!(i18n, account.factor.code_hint),
            };
            view! {
                {set_up}
                <CheckedForm form>
                    <FormAnswer action=form.action />
                    <input type="hidden" name="next" value=untrack(next) />
                    <Code autofocus=!is_new hint />
                    <Button submit=true kind=Kind::Primary busy=form.pending()>
                        {move || t_string!(i18n, auth.log_in)}
                    </Button>
                    <ButtonLink href="/login" kind=Kind::Quiet>
                        {move || t_string!(i18n, account.factor.other_user)}
                    </ButtonLink>
                </CheckedForm>
            }
            .into_any()
        }
        None => view! {
            <Empty
                icon=IconName::Key
                title=move || t_string!(i18n, account.factor.waited).to_owned()
                text=move || t_string!(i18n, account.factor.waited_text).to_owned()
            >
                <ButtonLink href="/login" kind=Kind::Primary>
                    {move || t_string!(i18n, auth.to_log_in)}
                </ButtonLink>
            </Empty>
        }
        .into_any(),
    };
    view! {
        <Title text=move || t_string!(i18n, account.factor.title).to_owned() />
        <Gate
            title=move || t_string!(i18n, account.factor.title)
            text=move || t_string!(i18n, account.factor.gate_text)
        >
            <Load from=stored lines=3 view />
        </Gate>
    }
    .into_any()
}
