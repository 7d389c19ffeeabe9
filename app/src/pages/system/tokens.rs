//! System › API tokens: those that work, and a new one.

use crate::{
    api::{
        ActionForm, ApiResult, Resource, ServerAction,
        tokens::{CreateToken, RevokeToken, token_bounds, tokens},
    },
    i18n::*,
    labels,
    pages::directory::switches,
    ui::{
        Button, CheckedForm, CopyField, Empty, Field, Form, IconName, Kind, Load, PageHead, Time,
        field::FieldProblem,
        form::{FormAnswer, on_answer},
        time::use_now,
    },
};
use domain::{
    access::{BoundRef, Scope, TokenRow},
    time::Timestamp,
};
use leptos::prelude::*;

#[component]
pub fn TokensPage() -> impl IntoView {
    let i18n = use_i18n();
    let stored = Resource::new(|| (), |()| tokens());
    let revoke = switches::<RevokeToken, _>(stored);
    let view = move |tokens: Vec<TokenRow>| match tokens.is_empty() {
        true => view! {
            <Empty
                icon=IconName::Key
                title=move || t_string!(i18n, system.tokens.empty).to_owned()
                text=move || t_string!(i18n, system.tokens.empty_text).to_owned()
            />
        }
        .into_any(),
        false => view! { <TokenTable tokens revoke /> }.into_any(),
    };
    view! {
        <PageHead title=move || t_string!(i18n, common.nav.tokens).to_owned() />
        <Load from=stored view />
        <NewToken stored />
    }
    .into_any()
}

#[component]
fn TokenTable(tokens: Vec<TokenRow>, revoke: ServerAction<RevokeToken>) -> impl IntoView {
    let i18n = use_i18n();
    let time = move |at: Option<Timestamp>| match at {
        Some(at) => view! { <Time at /> }.into_any(),
        None => view! { {move || t_string!(i18n, system.tokens.never)} }.into_any(),
    };
    let line = move |token: TokenRow| {
        let (id, scope, name) = (token.id, token.scope, token.name.clone());
        let bound = token.bound.clone().map(|to| {
            view! { <p class="hint">{move || labels::bound(i18n.get_locale(), &to)}</p> }
        });
        let label = move || t_string!(i18n, system.tokens.revoke_of, name = name.clone()).to_string();
        view! {
            <tr>
                <th scope="row">
                    {token.name} <p class="hint">{move || labels::scope(i18n.get_locale(), scope)}</p>
                    {bound}
                </th>
                <td data-label=move || t_string!(i18n, system.tokens.used)>{time(token.used_at)}</td>
                <td data-label=move || t_string!(i18n, system.tokens.expires)>{time(token.expires_at)}</td>
                <td>
                    <ActionForm action=revoke>
                        <input type="hidden" name="id" value=id.to_string() />
                        <button type="submit" class="button danger" aria-label=label>
                            {move || t_string!(i18n, system.tokens.revoke)}
                        </button>
                    </ActionForm>
                </td>
            </tr>
        }
    };
    let body = tokens.into_iter().map(line).collect_view().into_any();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">{move || t_string!(i18n, system.tokens.name)}</th>
                    <th scope="col">{move || t_string!(i18n, system.tokens.used)}</th>
                    <th scope="col">{move || t_string!(i18n, system.tokens.expires)}</th>
                    <th scope="col">
                        <span class="sr-only">{move || t_string!(i18n, system.tokens.revoke)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
    .into_any()
}

/// It needs a script: the token is shown once, in the page that asked for it.
#[component]
fn NewToken(stored: Resource<ApiResult<Vec<TokenRow>>>) -> impl IntoView {
    let i18n = use_i18n();
    let now = use_now();
    let bounds = Resource::new(|| (), |()| token_bounds());
    let create = Form::<CreateToken>::new();
    let made = RwSignal::new(None::<String>);
    on_answer(create.action, move |answer| {
        if let Ok(token) = answer {
            made.set(Some(token.clone()));
            stored.refetch();
        }
    });
    let shown = move || {
        made.get().map(|value| {
            view! {
                <CopyField
                    name="token"
                    label=move || t_string!(i18n, system.tokens.token)
                    hint=move || t_string!(i18n, system.tokens.token_hint)
                    value
                />
            }
        })
    };
    // Drawn inside the form, whose context the fields use. Without the choices there is nothing to send: it would be a token that
    // reaches everything.
    let fields = move |bounds: Vec<BoundRef>| {
        let scopes = Scope::ALL.iter().map(|scope| {
            view! {
                <label class="choice">
                    <input type="radio" name="form[scope]" value=scope.as_str() checked=*scope == Scope::Read />
                    <span>
                        <strong>{move || labels::scope(i18n.get_locale(), *scope)}</strong>
                    </span>
                </label>
            }
        });
        let scopes = scopes.collect_view().into_any();
        view! {
            <Field
                name="name"
                label=move || t_string!(i18n, system.tokens.name)
                hint=move || t_string!(i18n, system.tokens.name_hint)
            />
            <fieldset class="field">
                <legend>{move || t_string!(i18n, system.tokens.scope)}</legend>
                {scopes}
                <FieldProblem name="scope" />
            </fieldset>
            <BoundSelect bounds />
            <Field
                name="days"
                label=move || t_string!(i18n, system.tokens.days)
                hint=move || t_string!(i18n, system.tokens.days_hint)
                value="365"
                inputmode="numeric"
            />
            <Button submit=true kind=Kind::Primary busy=create.pending()>
                {move || t_string!(i18n, system.tokens.create)}
            </Button>
        }
        .into_any()
    };
    view! {
        <section class="panel" class:not-yet=move || now.with(Option::is_none)>
            <h2>{move || t_string!(i18n, system.tokens.add)}</h2>
            <CheckedForm form=create>
                <FormAnswer action=create.action />
                <Load from=bounds view=fields />
            </CheckedForm>
            <div aria-live="polite">{shown}</div>
        </section>
    }
    .into_any()
}

#[component]
fn BoundSelect(bounds: Vec<BoundRef>) -> impl IntoView {
    let i18n = use_i18n();
    let option = |to: BoundRef| {
        let value = to.bound.to_string();
        view! { <option value=value>{move || labels::bound(i18n.get_locale(), &to)}</option> }
    };
    let options = bounds.into_iter().map(option).collect_view().into_any();
    view! {
        <div class="field">
            <label for="field-bound">{move || t_string!(i18n, system.tokens.bound)}</label>
            <select
                id="field-bound"
                name="form[bound]"
                class="input"
                aria-describedby="field-bound-hint field-bound-problem"
            >
                <option value="">{move || t_string!(i18n, system.tokens.bound_everything)}</option>
                {options}
            </select>
            <p class="hint" id="field-bound-hint">
                {move || t_string!(i18n, system.tokens.bound_hint)}
            </p>
            <FieldProblem name="bound" />
        </div>
    }
    .into_any()
}
