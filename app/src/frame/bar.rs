//! The top bar: the current place, and the user's language, theme and log-out.

use super::{
    commands::Commands,
    help::Help,
    switches::{LanguageSwitch, ThemeSwitch},
};
use crate::{
    alerts::AlertChoices,
    api::{
        ActionForm, ApiResult, Resource, ServerAction,
        auth::{LogOut, LogOutEverywhere},
    },
    i18n::*,
    labels,
    outbox::use_outbox,
    presence::{AvailabilityChoice, OwnDot, use_own},
    ui::{Icon, IconName, Menu, Transition},
};
use domain::access::Me;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

#[component]
pub fn Bar(user: Resource<ApiResult<Me>>) -> impl IntoView {
    let i18n = use_i18n();
    let drawer = NodeRef::<html::Input>::new();
    let own = use_own();
    let place = use_location().pathname;
    Effect::new(move |_| {
        place.track();
        if let Some(drawer) = drawer.get_untracked() {
            drawer.set_checked(false);
        }
    });
    view! {
        <header class="bar">
            <input
                type="checkbox"
                id="drawer"
                class="drawer-switch"
                node_ref=drawer
                aria-label=move || t_string!(i18n, common.frame.menu)
            />
            <label for="drawer" class="drawer-button" aria-hidden="true">
                <Icon name=IconName::Menu />
            </label>
            <Breadcrumb />
            <Commands />
            <Help />
            <ThemeSwitch />
            <LanguageSwitch />
            <Transition>
                {move || {
                    // A part names its resources at once, and the menu takes no part of its own: the process would number
                    // it after the page's resources, the browser before.
                    own.name();
                    user.get().and_then(Result::ok).map(|me| view! { <UserMenu me /> })
                }}
            </Transition>
        </header>
    }
    .into_any()
}

#[component]
fn Breadcrumb() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    let way = move || {
        let first = path.with(|path| path.split('/').nth(1).unwrap_or_default().to_owned());
        let (above, here, href) = match first.as_str() {
            "inbox" => (None, t_string!(i18n, common.nav.inbox), "/inbox"),
            "account" => (None, t_string!(i18n, account.title), "/account"),
            "sessions" => (None, t_string!(i18n, common.nav.sessions), "/sessions"),
            "labels" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.labels),
                "/labels",
            ),
            "session-log" => (None, t_string!(i18n, common.nav.session_log), "/session-log"),
            "channels" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.channels),
                "/channels",
            ),
            "queues" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.queues),
                "/queues",
            ),
            "canned-replies" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.canned_replies),
                "/canned-replies",
            ),
            "templates" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.templates),
                "/templates",
            ),
            "costs" => (
                Some(t_string!(i18n, common.nav.omnichannel)),
                t_string!(i18n, common.nav.costs),
                "/costs",
            ),
            "extensions" => (None, t_string!(i18n, common.nav.extensions), "/extensions"),
            "users" => (None, t_string!(i18n, common.nav.users), "/users"),
            "security" if path.with(|path| path.starts_with("/security/audit")) => (
                Some(t_string!(i18n, common.nav.security)),
                t_string!(i18n, common.nav.audit),
                "/security/audit",
            ),
            "security" => (
                Some(t_string!(i18n, common.nav.security)),
                t_string!(i18n, common.nav.countries),
                "/security/countries",
            ),
            "system" if path.with(|path| path.starts_with("/system/tokens")) => (
                Some(t_string!(i18n, common.nav.system)),
                t_string!(i18n, common.nav.tokens),
                "/system/tokens",
            ),
            "system" if path.with(|path| path.starts_with("/system/webhooks")) => (
                Some(t_string!(i18n, common.nav.system)),
                t_string!(i18n, common.nav.webhooks),
                "/system/webhooks",
            ),
            "system" => (
                Some(t_string!(i18n, common.nav.system)),
                t_string!(i18n, common.nav.deliveries),
                "/system/deliveries",
            ),
            _ => (None, "Switchboard", "/inbox"),
        };
        view! {
            <ol>
                {above.map(|above| view! { <li>{above}</li> })}
                <li>
                    <a href=href>{here}</a>
                </li>
            </ol>
        }
    };
    view! {
        <nav class="breadcrumb" aria-label=move || t_string!(i18n, common.nav.breadcrumb)>
            {way}
        </nav>
    }
    .into_any()
}

#[component]
fn UserMenu(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    let log_out = ServerAction::<LogOut>::new();
    let log_out_everywhere = ServerAction::<LogOutEverywhere>::new();
    let outbox = use_outbox();
    let initials = labels::initials(&me.name);
    let name = me.name.clone();
    let label = Signal::derive(move || t_string!(i18n, common.frame.person, name = name.clone()));
    let who = match &me.extension {
        Some(extension) => format!("{} · {}", extension.number, me.login),
        None => me.login.clone(),
    };
    view! {
        <Menu
            class="button quiet person"
            label=label
            summary=Box::new(move || view! { <span class="initials">{initials}</span> <OwnDot /> }.into_any())
        >
            <p class="menu-who">
                <strong>{me.name.clone()}</strong>
                <span>{who}</span>
            </p>
            <a class="menu-item" href="/account">
                <Icon name=IconName::Key />
                {move || t_string!(i18n, account.title)}
            </a>
            <AvailabilityChoice />
            <AlertChoices answers=me.extension.is_some() />
            <div on:submit=move |_| outbox.leave()>
            <ActionForm action=log_out>
                <button type="submit" class="menu-item">
                    <Icon name=IconName::LogOut />
                    {move || t_string!(i18n, common.frame.log_out)}
                </button>
            </ActionForm>
            <ActionForm action=log_out_everywhere>
                <button type="submit" class="menu-item">
                    <Icon name=IconName::Alert />
                    {move || t_string!(i18n, common.frame.log_out_everywhere)}
                </button>
            </ActionForm>
            </div>
        </Menu>
    }
    .into_any()
}
