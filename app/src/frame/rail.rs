//! The places that a user may open: for operators, only the inbox. The rail is narrow to leave room for the page: an
//! icon over one short word. In the drawer of a small window, and for a screen reader, a place has its full name.

use crate::{
    api::{ApiError, ApiResult, Resource},
    i18n::*,
    ui::{Icon, IconName, Transition, TroubleView},
};
use domain::access::{Actor, Me, Permission};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn Rail(user: Resource<ApiResult<Me>>) -> impl IntoView {
    let i18n = use_i18n();
    let places = move || {
        Some(match user.get()? {
            Ok(me) => view! { <Places me /> }.into_any(),
            // The page shows other errors itself; only a missing log-in is shown here.
            Err(error @ ApiError::SignIn) => {
                let retry = Callback::new(move |()| user.refetch());
                view! { <TroubleView error retry /> }.into_any()
            }
            Err(_) => ().into_any(),
        })
    };
    view! {
        <nav class="rail" aria-label=move || t_string!(i18n, common.nav.label)>
            <a class="brand" href="/inbox">
                <svg class="mark" width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
                    <rect width="32" height="32" rx="8" />
                    <path d="M9 10h14v9h-7l-5 4v-4H9z" />
                </svg>
                <span>"Switchboard"</span>
            </a>
            <Transition>{places}</Transition>
        </nav>
        <label for="drawer" class="drawer-shade" aria-hidden="true"></label>
    }
    .into_any()
}

#[component]
fn Places(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    let actor = Actor::User(me);
    let administers = actor.may(Permission::ChannelRead);
    let sessions = actor.may(Permission::SessionTransfer).then(|| {
        view! {
            <Place
                href="/sessions"
                icon=IconName::Transfer
                name=move || t_string!(i18n, common.nav.sessions)
                short=move || t_string!(i18n, common.nav.short.sessions)
            />
            <Place
                href="/session-log"
                icon=IconName::Clock
                name=move || t_string!(i18n, common.nav.session_log)
                short=move || t_string!(i18n, common.nav.short.session_log)
            />
        }
        .into_any()
    });
    let replies = actor.may(Permission::CannedReplyChange).then(|| {
        view! {
            <Place
                href="/canned-replies"
                icon=IconName::CannedReply
                name=move || t_string!(i18n, common.nav.canned_replies)
                short=move || t_string!(i18n, common.nav.short.canned_replies)
            />
            <Place
                href="/labels"
                icon=IconName::Label
                name=move || t_string!(i18n, common.nav.labels)
                short=move || t_string!(i18n, common.nav.short.labels)
            />
        }
        .into_any()
    });
    let rest = administers.then(|| {
        view! {
            <li class="group">
                <span>{move || t_string!(i18n, common.nav.omnichannel)}</span>
            </li>
            <Place
                href="/channels"
                icon=IconName::Channel
                name=move || t_string!(i18n, common.nav.channels)
                short=move || t_string!(i18n, common.nav.short.channels)
            />
            <Place
                href="/queues"
                icon=IconName::Queue
                name=move || t_string!(i18n, common.nav.queues)
                short=move || t_string!(i18n, common.nav.short.queues)
            />
            <Place
                href="/templates"
                icon=IconName::Template
                name=move || t_string!(i18n, common.nav.templates)
                short=move || t_string!(i18n, common.nav.short.templates)
            />
            <Place
                href="/costs"
                icon=IconName::Cost
                name=move || t_string!(i18n, common.nav.costs)
                short=move || t_string!(i18n, common.nav.short.costs)
            />
            <li class="group" aria-hidden="true"></li>
            <Place
                href="/extensions"
                icon=IconName::Extension
                name=move || t_string!(i18n, common.nav.extensions)
                short=move || t_string!(i18n, common.nav.short.extensions)
            />
            <Place
                href="/users"
                icon=IconName::Person
                name=move || t_string!(i18n, common.nav.users)
                short=move || t_string!(i18n, common.nav.short.users)
            />
            <li class="group">
                <span>{move || t_string!(i18n, common.nav.security)}</span>
            </li>
            <Place
                href="/security/countries"
                icon=IconName::Globe
                name=move || t_string!(i18n, common.nav.countries)
                short=move || t_string!(i18n, common.nav.short.countries)
            />
            <Place
                href="/security/audit"
                icon=IconName::Eye
                name=move || t_string!(i18n, common.nav.audit)
                short=move || t_string!(i18n, common.nav.short.audit)
            />
            <li class="group">
                <span>{move || t_string!(i18n, common.nav.system)}</span>
            </li>
            <Place
                href="/system/deliveries"
                icon=IconName::Delivery
                name=move || t_string!(i18n, common.nav.deliveries)
                short=move || t_string!(i18n, common.nav.short.deliveries)
            />
            <Place
                href="/system/tokens"
                icon=IconName::Key
                name=move || t_string!(i18n, common.nav.tokens)
                short=move || t_string!(i18n, common.nav.short.tokens)
            />
            <Place
                href="/system/webhooks"
                icon=IconName::Webhook
                name=move || t_string!(i18n, common.nav.webhooks)
                short=move || t_string!(i18n, common.nav.short.webhooks)
            />
        }
        .into_any()
    });
    view! {
        <ul>
            <Place
                href="/inbox"
                icon=IconName::Inbox
                name=move || t_string!(i18n, common.nav.inbox)
                short=move || t_string!(i18n, common.nav.short.inbox)
            />
            {sessions}
            {replies}
            {rest}
        </ul>
    }
    .into_any()
}

#[component]
fn Place(
    href: &'static str,
    icon: IconName,
    #[prop(into)] name: Signal<&'static str>,
    /// One word of the name, for a column of 72 pixels.
    #[prop(into)]
    short: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <li>
            <A href=href attr:title=name>
                <Icon name=icon />
                <span class="place-name">{name}</span>
                <span class="place-short" aria-hidden="true">
                    {short}
                </span>
            </A>
        </li>
    }
    .into_any()
}
