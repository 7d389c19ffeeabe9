//! Each user's settings for the console itself: language and theme. Both are cookies, so that the process draws the
//! page correctly from the first byte; the language is also stored with the user.

use crate::i18n::Locale;
use leptos::prelude::{Owner, on_cleanup, provide_context};
use leptos_i18n::context::{I18nContextOptions, UseLocalesOptions, init_i18n_context_with_options};
use serde::{Deserialize, Serialize};

/// The cookie that holds `en` or `cs`.
pub const LANGUAGE_COOKIE: &str = "language";
/// The cookie that holds `light` or `dark`; without it the system decides.
pub const THEME_COOKIE: &str = "theme";

/// The cookie by which the process recognises a browser in which somebody has logged in before (`engine::access::browsers`).
/// Behind https no other host can set it, not even a subdomain: browsers see to that by the name
/// (<https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>).
#[cfg(feature = "ssr")]
pub const fn browser_cookie_name(https: bool) -> &'static str {
    match https {
        true => "__Host-switchboard_browser",
        false => "switchboard_browser",
    }
}

#[cfg(feature = "ssr")]
pub fn browser_cookie(value: &str, https: bool) -> String {
    let lives = engine::access::browsers::KNOWN_FOR;
    private_cookie(browser_cookie_name(https), value, lives, https)
}

/// The value of `Set-Cookie` of a cookie that no script can read. Browsers send it also when a page elsewhere leads here.
#[cfg(feature = "ssr")]
pub fn private_cookie(name: &str, value: &str, lives: std::time::Duration, https: bool) -> String {
    let (seconds, secure) = (lives.as_secs(), if https { "; Secure" } else { "" });
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The value of `Set-Cookie` of a cookie that the page's script may change, too: it holds a preference, not a secret.
#[cfg(feature = "ssr")]
pub fn kept(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
}

/// A cookie's value in these headers.
#[cfg(feature = "ssr")]
pub fn cookie_in<'h>(headers: &'h http::HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(http::header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// A chosen theme; without one the system decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Provides the language to everything below.
///
/// leptos_i18n starts an effect for a cookie that is not used here. In the process the effect may run after the page
/// has been sent, when the language is gone. Below a paused owner no effect runs.
pub fn provide_language() {
    let Some(owner) = Owner::current().map(|owner| owner.child()) else {
        return;
    };
    provide_context(owner.with(|| init_i18n_context_with_options(language_options())));
    if cfg!(feature = "ssr") {
        owner.pause();
    }
    on_cleanup(move || drop(owner));
}

/// The language of a request: the chosen one, else the browser's.
fn language_options() -> I18nContextOptions<'static, Locale> {
    I18nContextOptions {
        enable_cookie: false,
        ssr_lang_header_getter: UseLocalesOptions::default().ssr_lang_header_getter(accepted_languages),
        ..Default::default()
    }
}

#[cfg(feature = "ssr")]
fn accepted_languages() -> Option<String> {
    cookie(LANGUAGE_COOKIE).or_else(|| header("accept-language"))
}

#[cfg(not(feature = "ssr"))]
fn accepted_languages() -> Option<String> {
    None
}

/// The language in which a request is answered.
pub fn requested_language() -> Locale {
    leptos_i18n::locale::resolve_locale_with_options(language_options())
}

/// The language for a request with these headers, where there is no page.
#[cfg(feature = "ssr")]
pub fn language_of(headers: &http::HeaderMap) -> Locale {
    use http::header::{ACCEPT_LANGUAGE, COOKIE};
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let chosen = text(COOKIE)
        .split(';')
        .find_map(|pair| pair.trim().strip_prefix(LANGUAGE_COOKIE)?.strip_prefix('='));
    // Browsers name the preferred language first.
    let wanted = chosen.into_iter().chain(text(ACCEPT_LANGUAGE).split(','));
    let known = wanted.filter_map(|language| match language.trim().get(..2)? {
        "cs" => Some(Locale::cs),
        "en" => Some(Locale::en),
        _ => None,
    });
    known.into_iter().next().unwrap_or_default()
}

/// The theme that a request names in its cookie.
pub fn requested_theme() -> Option<Theme> {
    #[cfg(feature = "ssr")]
    return match cookie(THEME_COOKIE).as_deref() {
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        _ => None,
    };
    #[cfg(not(feature = "ssr"))]
    None
}

/// A header of the request that is being answered.
#[cfg(feature = "ssr")]
fn header(name: &str) -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts.headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A cookie of the request that is being answered.
#[cfg(feature = "ssr")]
pub fn cookie(name: &str) -> Option<String> {
    header("cookie")?
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}
