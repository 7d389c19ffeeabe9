//! The link to the handbook, at the page that helps here. The process draws the handbook (`server/src/http/handbook`).

use crate::{
    i18n::*,
    ui::{Icon, IconName},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Help() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    let label = move || t_string!(i18n, common.help.open);
    view! {
        <a
            class="button quiet"
            href=move || format!("/help/{}/{}", i18n.get_locale().as_str(), path.with(|path| page_for(path)))
            target="_blank"
            aria-label=label
            title=label
        >
            <Icon name=IconName::Help />
        </a>
    }
    .into_any()
}

/// The page of the handbook about a page of the console.
pub fn page_for(path: &str) -> &'static str {
    let mut parts = path.split('/').skip(1);
    match (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default()) {
        ("inbox", _) => "inbox",
        ("sessions", _) => "sessions",
        ("session-log", _) => "session-log",
        ("canned-replies" | "templates", _) => "canned-replies",
        ("labels", _) => "notes",
        ("channels", "health" | "activity") => "health",
        ("channels", "sending") => "sending",
        ("channels", _) => "connect",
        ("queues", _) => "queues",
        ("extensions" | "users" | "account", _) => "people",
        ("security", _) if path.starts_with("/security/audit") => "running",
        ("security", _) => "countries",
        ("system", _) if path.starts_with("/system/tokens") => "running",
        ("system", _) if path.starts_with("/system/webhooks") => "webhooks",
        ("system", _) => "deliveries",
        ("costs", _) => "costs",
        _ => "inbox",
    }
}
