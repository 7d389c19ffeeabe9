//! An error as a page shows it: what happened, what it means, what to do.

use super::{
    button::Button,
    icon::{Icon, IconName},
    title::Title,
};
use crate::{api::ApiError, i18n::*, labels};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location, location::Location};

/// An error in place of data that could not be read. A lost log-in leads to the log-in page and back.
#[component]
pub fn TroubleView(error: ApiError, retry: Callback<()>) -> impl IntoView {
    if error == ApiError::SignIn {
        return view! { <Redirect path=log_in_path(&use_location()) /> }.into_any();
    }
    tell_status(&error);
    let i18n = use_i18n();
    let worth_retrying = !matches!(error, ApiError::Refused(Refusal::NotFound | Refusal::Forbidden));
    let trouble = Memo::new(move |_| labels::trouble(i18n.get_locale(), &error));
    view! {
        <Title text=move || trouble.get().title />
        <section class="empty" role="alert">
            <Icon name=IconName::Alert />
            <h2>{move || trouble.get().title}</h2>
            <p>{move || trouble.get().text}</p>
            {worth_retrying
                .then(|| {
                    view! {
                        <Button icon=IconName::Refresh press=move |_| retry.run(())>
                            {move || t_string!(i18n, common.button.retry)}
                        </Button>
                    }
                })}
        </section>
    }
    .into_any()
}

/// The address of the log-in page that leads back here.
pub fn log_in_path(location: &Location) -> String {
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let here = match search.as_str() {
        "" => path,
        search => format!("{path}?{}", search.trim_start_matches('?')),
    };
    match here.as_str() {
        "/" | "/inbox" => "/login".to_owned(),
        here => format!("/login?next={}", leptos_router::location::Url::escape(here)),
    }
}

/// Sets the HTTP status of the page itself to the error's.
#[cfg(feature = "ssr")]
pub fn tell_status(error: &ApiError) {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(error.status());
    }
}

#[cfg(not(feature = "ssr"))]
pub fn tell_status(_: &ApiError) {}
