//! What users are told about the connection and their log-in, on every page.

use super::signals::use_live;
use crate::{
    api::{ApiResult, Resource},
    i18n::*,
    ui::{toast::use_toasts, trouble::log_in_path},
};
use domain::access::Me;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// A line above the page while something is wrong, and a short notice when it works again. Its children are lines about
/// something else.
#[component]
pub fn LiveNotice(user: Resource<ApiResult<Me>>, children: Children) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let live = use_live();
    let signed_out = live.signed_out;
    Effect::new(move |was_offline: Option<bool>| {
        let offline = live.offline.get();
        if was_offline == Some(true) && !offline {
            toasts.say(t_string!(i18n, common.live.again));
        }
        offline
    });
    Effect::new(move |before: Option<Option<Me>>| {
        let now = user.get().and_then(Result::ok);
        if let (Some(Some(before)), Some(now)) = (&before, &now)
            && before.id != now.id
        {
            toasts.warn(t_string!(i18n, common.live.another, name = now.name.clone()).to_string());
        }
        now.or_else(|| before.flatten())
    });
    let location = use_location();
    let navigate = use_navigate();
    Effect::new(move |_| {
        // Unsaved input stays on the page, and the user logs in again in another tab.
        if signed_out.get() && !something_is_typed() {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            navigate(&log_in_path(&location), options);
        }
    });
    let line = move || {
        if signed_out.get() {
            let over = view! {
                <p>
                    {move || t_string!(i18n, common.live.signed_out)} " "
                    <a href="/login" target="_blank">
                        {move || t_string!(i18n, common.live.log_in)}
                    </a>
                </p>
            };
            Some(over.into_any())
        } else {
            let lost = || view! { <p>{move || t_string!(i18n, common.live.offline)}</p> }.into_any();
            live.offline.get().then(lost)
        }
    };
    view! {
        <div class="live-notice" role="status">
            {line} {children()}
        </div>
    }
    .into_any()
}

/// Whether leaving the page would lose unsaved input. A reply is kept as a draft anyway.
fn something_is_typed() -> bool {
    let fields = "main form:not(.composer) :is(input:not([type=hidden], [type=search]), textarea)";
    let Ok(fields) = document().query_selector_all(fields) else {
        return false;
    };
    (0..fields.length()).filter_map(|n| fields.get(n)).any(|field| {
        let input = field.dyn_ref::<HtmlInputElement>();
        let area = field.dyn_ref::<HtmlTextAreaElement>();
        input.is_some_and(|input| {
            input.value() != input.default_value() || input.checked() != input.default_checked()
        }) || area.is_some_and(|area| area.default_value().is_ok_and(|first| area.value() != first))
    })
}
