//! Theme and language: plain forms, which the live page applies at once.

use crate::{
    api::{
        ActionForm, ServerAction,
        auth::{SetLanguage, SetTheme},
    },
    i18n::*,
    prefs::Theme,
    ui::{Icon, IconName},
};
use domain::language::Language;
use leptos::prelude::*;
use leptos_i18n::I18nContext;

/// Two buttons. The style sheet shows the one that would change the theme: only it knows the system's theme.
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
        <div class="form-listeners" on:submit=switch>
        <ActionForm action>
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
        </div>
    }
    .into_any()
}

/// Switches the live page to a language.
pub fn speak(i18n: I18nContext<Locale>, language: Language) {
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
