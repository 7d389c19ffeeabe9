//! `/`: the inbox, for users who are logged in. The rail sends everybody else to the log-in page.

use crate::{frame::use_me, ui::Transition};
use leptos::prelude::*;
use leptos_router::components::Redirect;

#[component]
pub fn HomePage() -> impl IntoView {
    let user = use_me();
    view! {
        <Transition>
            {move || user.get()?.is_ok().then(|| view! { <Redirect path="/inbox" /> })}
        </Transition>
    }
    .into_any()
}
