//! The way to the provider of single sign-on, and what went wrong on it.

use crate::{
    api::{Resource, auth::single_sign_on},
    i18n::*,
    labels,
    ui::Load,
};
use domain::sign_on::SignOnProblem;
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// What a user goes to the provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOn {
    LogIn,
    /// Somebody who is logged in proves again who they are.
    Again,
    /// The same in another tab, because this one holds what was typed.
    AgainApart,
}

/// A link to the provider; nothing if there is none.
#[component]
pub fn SignOnLink(
    what_for: SignOn,
    #[prop(into)] next: Signal<String>,
    /// Hears that the link is followed.
    #[prop(optional)]
    followed: Option<RwSignal<bool>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let provider = Resource::new(|| (), |()| single_sign_on());
    let link = move |name: String| {
        let href = move || {
            let next = next.get();
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let again = if what_for == SignOn::LogIn {
                ""
            } else {
                "&again=true"
            };
            format!("/login/single-sign-on?next={next}{again}")
        };
        let text = move || match (what_for, name.as_str()) {
            (SignOn::LogIn, "") => t_string!(i18n, auth.sign_on.log_in_unnamed).to_owned(),
            (SignOn::LogIn, name) => t_string!(i18n, auth.sign_on.log_in, name = name.to_owned()),
            (_, "") => t_string!(i18n, auth.sign_on.confirm_unnamed).to_owned(),
            (_, name) => t_string!(i18n, auth.sign_on.confirm, name = name.to_owned()),
        };
        let follow = move |_: MouseEvent| {
            if let Some(followed) = followed {
                followed.set(true);
            }
        };
        let target = (what_for == SignOn::AgainApart).then_some("_blank");
        view! {
            <p class="sign-on">
                <a class="button" href=href target=target rel="external" on:click=follow on:auxclick=follow>
                    <span>{text}</span>
                </a>
            </p>
            <p class="sign-on-or">{move || t_string!(i18n, auth.sign_on.or_password)}</p>
        }
    };
    let view = move |name: Option<String>| name.map(link).into_any();
    view! { <Load from=provider lines=1 view /> }.into_any()
}

/// Why somebody who comes back from the provider is not let in, as the address says.
#[component]
pub fn SignOnNotice() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let why = move || {
        let word = query.with(|query| query.get("sign_on"))?;
        word.parse::<SignOnProblem>().ok()
    };
    move || {
        why().map(|why| {
            let text = move || labels::sign_on_problem(i18n.get_locale(), why);
            view! {
                <p class="notice bad" role="alert">
                    {text}
                </p>
            }
        })
    }
}
