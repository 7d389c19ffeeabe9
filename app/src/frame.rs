//! What is around every page: the rail with the places that one may go to, and the bar with the way back up and
//! one's own choices. Below 720 px the rail is a drawer.

use crate::{
    api::{
        ApiError, ApiResult,
        auth::{LogOut, LogOutEverywhere, SetLanguage, SetTheme, who_am_i},
    },
    i18n::*,
    live,
    prefs::Theme,
    ui::{Icon, IconName, Menu, TroubleView, toast::ToastCorner},
};
use domain::people::{Actor, Language, Me, Permission};
use leptos::{form::ActionForm, html, prelude::*};
use leptos_i18n::I18nContext;
use leptos_router::{
    components::{A, Outlet},
    hooks::use_location,
};

/// Whoever is logged in. Read it inside `<Suspense>` or `<Transition>`.
pub fn use_me() -> Resource<ApiResult<Me>> {
    expect_context()
}

/// Rail, bar, page.
#[component]
pub fn Frame() -> impl IntoView {
    let i18n = use_i18n();
    live::provide_live();
    let person = Resource::new(|| (), |()| who_am_i());
    provide_context(person);
    Effect::new(move |_| {
        if let Some(Ok(Me {
            language: Some(language),
            ..
        })) = person.get()
        {
            speak(i18n, language);
        }
    });

    let rail = view! { <Rail person /> }.into_any();
    let bar = view! { <Bar person /> }.into_any();
    view! {
        <a class="skip" href="#content">{move || t_string!(i18n, common.nav.skip)}</a>
        <div class="frame">
            {rail} {bar} <main id="content" class="content" tabindex="-1">
                <Outlet />
            </main>
        </div>
        <ToastCorner />
    }
    .into_any()
}

#[component]
fn Rail(person: Resource<ApiResult<Me>>) -> impl IntoView {
    let i18n = use_i18n();
    let drawer = NodeRef::<html::Input>::new();
    let place = use_location().pathname;
    Effect::new(move |_| {
        place.track();
        if let Some(drawer) = drawer.get_untracked() {
            drawer.set_checked(false);
        }
    });
    let places = move || {
        Suspend::new(async move {
            match person.await {
                Ok(me) => view! { <Places me /> }.into_any(),
                // What the page says is enough, except that nobody is logged in.
                Err(error @ ApiError::SignIn) => {
                    let retry = Callback::new(move |()| person.refetch());
                    view! { <TroubleView error retry /> }.into_any()
                }
                Err(_) => ().into_any(),
            }
        })
    };
    view! {
        <input
            type="checkbox"
            id="drawer"
            class="drawer-switch"
            node_ref=drawer
            aria-label=move || t_string!(i18n, common.frame.menu)
        />
        <label for="drawer" class="drawer-button" aria-hidden="true"><Icon name=IconName::Menu /></label>
        <nav class="rail" aria-label=move || t_string!(i18n, common.nav.label)>
            <a class="brand" href="/inbox">
                <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
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
    let administers = Actor::Person(me).may(Permission::Administer);
    let rest = administers.then(|| {
        view! {
            <li class="group">{move || t_string!(i18n, common.nav.omnichannel)}</li>
            <Place href="/channels" icon=IconName::Channel word=move || t_string!(i18n, common.nav.channels) />
            <Place href="/queues" icon=IconName::Queue word=move || t_string!(i18n, common.nav.queues) />
            <li class="group" role="separator"></li>
            <Place href="/extensions" icon=IconName::Extension word=move || t_string!(i18n, common.nav.extensions) />
            <li class="group">{move || t_string!(i18n, common.nav.system)}</li>
            <Place href="/system/deliveries" icon=IconName::Delivery word=move || t_string!(i18n, common.nav.deliveries) />
        }
        .into_any()
    });
    view! {
        <ul>
            <Place href="/inbox" icon=IconName::Inbox word=move || t_string!(i18n, common.nav.inbox) />
            {rest}
        </ul>
    }
    .into_any()
}

#[component]
fn Place(href: &'static str, icon: IconName, #[prop(into)] word: Signal<&'static str>) -> impl IntoView {
    view! {
        <li>
            <A href=href>
                <Icon name=icon />
                <span>{word}</span>
            </A>
        </li>
    }
    .into_any()
}

#[component]
fn Bar(person: Resource<ApiResult<Me>>) -> impl IntoView {
    view! {
        <header class="bar">
            <Breadcrumb />
            <ThemeSwitch />
            <LanguageSwitch />
            <Transition>
                {move || Suspend::new(async move { person.await.ok().map(|me| view! { <PersonMenu me /> }) })}
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
            "extensions" => (None, t_string!(i18n, common.nav.extensions), "/extensions"),
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

/// Two buttons, of which the style sheet shows the one that changes something: only it knows the system's theme.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<SetTheme>::new();
    let wear = |theme: Theme| {
        if let Some(html) = document().document_element() {
            drop(html.set_attribute("data-theme", theme.as_str()));
        }
    };
    view! {
        <ActionForm action attr:class="theme-switch">
            <button
                class="button quiet to-dark"
                name="theme"
                value=Theme::Dark.as_str()
                title=move || t_string!(i18n, common.frame.dark)
                aria-label=move || t_string!(i18n, common.frame.dark)
                on:click=move |_| wear(Theme::Dark)
            >
                <Icon name=IconName::Moon />
            </button>
            <button
                class="button quiet to-light"
                name="theme"
                value=Theme::Light.as_str()
                title=move || t_string!(i18n, common.frame.light)
                aria-label=move || t_string!(i18n, common.frame.light)
                on:click=move |_| wear(Theme::Light)
            >
                <Icon name=IconName::Sun />
            </button>
        </ActionForm>
    }
    .into_any()
}

/// One button, in the other language.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<SetLanguage>::new();
    let other = move || match i18n.get_locale() {
        Locale::en => Language::Cs,
        Locale::cs => Language::En,
    };
    // After the form has been read: only then may its hidden field change.
    let switch = move |_| speak(i18n, untrack(other));
    view! {
        <ActionForm action on:submit=switch>
            <input
                type="hidden"
                name="language"
                value=untrack(other).as_str()
                prop:value=move || other().as_str()
            />
            <button
                type="submit"
                class="button quiet"
                lang=move || other().as_str()
                title=move || t_string!(i18n, common.frame.other_language)
                aria-label=move || t_string!(i18n, common.frame.other_language)
            >
                {move || match other() {
                    Language::En => "EN",
                    Language::Cs => "CS",
                }}
            </button>
        </ActionForm>
    }
    .into_any()
}

/// Turns the live page to a language.
fn speak(i18n: I18nContext<Locale>, language: Language) {
    let locale = match language {
        Language::En => Locale::en,
        Language::Cs => Locale::cs,
    };
    if i18n.get_locale_untracked() != locale {
        i18n.set_locale(locale);
        if let Some(html) = document().document_element() {
            drop(html.set_attribute("lang", language.as_str()));
        }
    }
}

#[component]
fn PersonMenu(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    let log_out = ServerAction::<LogOut>::new();
    let log_out_everywhere = ServerAction::<LogOutEverywhere>::new();
    let initials: String = me
        .name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
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
            summary=Box::new(move || view! { <span class="initials">{initials}</span> }.into_any())
        >
            <p class="menu-who">
                <strong>{me.name.clone()}</strong>
                <span>{who}</span>
            </p>
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
        </Menu>
    }
    .into_any()
}
