//! The frame around every page: the rail with the places that the user may open, and the bar with the way back up and
//! the user's own settings. Below 720 px the rail is a drawer.

mod bar;
mod commands;
pub mod help;
mod rail;
mod reauthentication;
pub mod single_sign_on;
pub mod switches;
mod webhooks_off;

use self::{
    bar::Bar,
    rail::Rail,
    reauthentication::{ReauthenticationDialog, ReauthenticationNotice},
    switches::speak,
    webhooks_off::WebhooksOff,
};
use crate::{
    alerts::provide_alerts,
    api::{ApiResult, Reauthentication, Resource, auth::who_am_i},
    i18n::*,
    live::{self, LiveNotice},
    outbox::provide_outbox,
    presence::provide_presence,
    ui::toast::ToastCorner,
};
use domain::access::Me;
use leptos::{ev::MouseEvent, html, prelude::*};
use leptos_router::components::Outlet;

/// The user who is logged in. Read it inside `<Suspense>` or `<Transition>`.
pub fn use_me() -> Resource<ApiResult<Me>> {
    expect_context()
}

/// Rail, bar, page.
#[component]
pub fn Frame() -> impl IntoView {
    let i18n = use_i18n();
    let drawn = live::position();
    let user = Resource::new(|| (), |()| who_am_i());
    provide_context(user);
    let who = live::provide_live(user, drawn);
    provide_context(Reauthentication::new());
    provide_outbox(user, who);
    provide_alerts(user);
    provide_presence();
    Effect::new(move |_| {
        if let Some(Ok(Me {
            language: Some(language),
            ..
        })) = user.get()
        {
            speak(i18n, language);
        }
    });

    let content = NodeRef::<html::Main>::new();
    // The router handles every click on a link and would not move the focus.
    let skip = move |event: MouseEvent| {
        if let Some(content) = content.get_untracked() {
            event.prevent_default();
            drop(content.focus());
        }
    };
    let rail = view! { <Rail user /> }.into_any();
    let bar = view! { <Bar user /> }.into_any();
    let notice = view! {
        <LiveNotice user>
            <WebhooksOff />
        </LiveNotice>
    }
    .into_any();
    view! {
        <a class="skip" href="#content" on:click=skip>
            {move || t_string!(i18n, common.nav.skip)}
        </a>
        <div class="frame">
            {rail} {bar} {notice} <main id="content" class="content" tabindex="-1" node_ref=content>
                <ReauthenticationNotice />
                <Outlet />
            </main>
        </div>
        <ReauthenticationDialog />
        <ToastCorner />
    }
    .into_any()
}
