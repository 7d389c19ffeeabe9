//! Alerts: a notification of the system's and a sound when something waits for the user and they look elsewhere. They are
//! chosen in each browser, and off at first.
//!
//! | module | what it holds |
//! |---|---|
//! | [`rules`] | which changes are worth an alert |
//! | [`choices`], [`chosen`] | what the user chose, and what they look at |
//! | [`show`] | notifications and sound through the browser |
//! | [`push`], [`closed`] | alerts while the console is closed, and the choice of them |

mod choices;
mod chosen;
mod closed;
mod push;
mod rules;
mod show;

pub use self::push::keep_push;

use self::{
    choices::{Sound, choose_desktop, choose_sound, is_in_view, looks_at, looks_away, wants_desktop},
    chosen::Chosen,
    closed::WhenClosed,
    rules::{alert, is_over},
    show::{Shown, may_notify},
};
use crate::{
    api::{ApiResult, Resource, inbox::mentions},
    browser,
    i18n::*,
    live::{Change, Changes, use_live},
};
use domain::{
    access::Me,
    alert::{Alert, Kind, of_mention},
    position::Position,
    session::Mention,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// Alerts the user for as long as the calling component is shown. Of several tabs, the one that listens for all does it.
pub fn provide_alerts(user: Resource<ApiResult<Me>>) {
    let i18n = use_i18n();
    let live = use_live();
    let changes = live.changes;
    provide_context(Chosen::new());
    note_what_is_in_view();
    follow_pushes();
    let navigate = use_navigate();
    let shown = Shown::default();
    alert_of_mentions(shown.clone());
    Effect::new(move |seen: Option<Position>| {
        let newest = changes.with(Changes::newest);
        // What came before the page did is in the page.
        let seen = seen.unwrap_or(newest);
        let own = user.with_untracked(|user| match user {
            Some(Ok(me)) => me.extension.as_ref().map(|own| own.id),
            _ => None,
        });
        let new: Vec<Change> = changes.with_untracked(|changes| {
            let new = changes.after(seen);
            new.map(|new| new.cloned().collect()).unwrap_or_default()
        });
        for change in new {
            if is_over(change.inbox.row.as_ref()) {
                shown.take_back(change.session);
                spawn_local(push::take_back(change.session));
            }
            let alert = alert(&change, own).filter(|alert| !is_in_view(alert.session));
            let Some(alert) = alert.filter(|_| live.leads.get_untracked()) else {
                continue;
            };
            raise(&shown, i18n.get_locale_untracked(), &navigate, &alert);
        }
        newest
    });
}

/// Alerts the user of each new note that calls for them.
fn alert_of_mentions(shown: Shown) {
    let i18n = use_i18n();
    let live = use_live();
    let navigate = use_navigate();
    let known = StoredValue::new(None::<Vec<Mention>>);
    Effect::new(move |_| {
        live.mentions.track();
        if choices::sound().is_none() && !wants_desktop() && !push::wants_push() {
            return;
        }
        let (shown, navigate) = (shown.clone(), navigate.clone());
        spawn_local(async move {
            let Ok(now) = mentions().await else {
                return;
            };
            let before = known.try_update_value(|known| known.replace(now.clone()));
            // What called before the page did is in the page.
            let Some(Some(before)) = before else {
                return;
            };
            for gone in before.iter().filter(|before| !now.contains(before)) {
                shown.take_back(gone.session);
                push::take_back(gone.session).await;
            }
            for new in now.iter().filter(|now| !before.contains(now)) {
                if !is_in_view(new.session) && live.leads.try_get_untracked() == Some(true) {
                    raise(&shown, i18n.get_locale_untracked(), &navigate, &of_mention(new));
                }
            }
        });
    });
}

/// The sound and the notification that the user chose.
fn raise(
    shown: &Shown,
    locale: Locale,
    navigate: &(impl Fn(&str, NavigateOptions) + Clone + 'static),
    alert: &Alert,
) {
    if let Some(sound) = choices::sound() {
        shown.play(sound);
    }
    if wants_desktop() {
        let href = alert.path();
        let navigate = navigate.clone();
        shown.notify(alert, &alert.name, &body(locale, alert), move || {
            navigate(&href, NavigateOptions::default());
        });
    }
}

/// A notification that the service worker showed leads here when it is clicked.
fn follow_pushes() {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        push::on_click(move |path| navigate(path, NavigateOptions::default()));
        spawn_local(keep_push());
    });
}

/// The tab that alerts is not always the one in which the user is.
fn note_what_is_in_view() {
    let path = use_location().pathname;
    let attentive = browser::use_attention();
    Effect::new(move |before: Option<bool>| {
        let attentive = attentive.get();
        match attentive {
            true => path.with(|path| looks_at(session_in(path))),
            false if before == Some(true) => path.with_untracked(|path| looks_away(session_in(path))),
            false => {}
        }
        attentive
    });
    on_cleanup(move || {
        if cfg!(not(feature = "ssr")) {
            path.try_with_untracked(|path| looks_away(session_in(path)));
        }
    });
}

fn session_in(path: &str) -> Option<&str> {
    path.strip_prefix("/inbox/")
}

fn body(locale: Locale, alert: &Alert) -> String {
    let words = alert.words.clone();
    let words = words.unwrap_or_else(|| td_string!(locale, common.alerts.message).to_owned());
    match alert.kind {
        Kind::Mine => words,
        Kind::Waiting => td_string!(locale, common.alerts.waits, words = words).to_string(),
        Kind::Mention => td_string!(locale, common.alerts.mention, words = words).to_string(),
        Kind::Due => td_string!(locale, common.alerts.due, words = words).to_string(),
        Kind::Closing => td_string!(locale, common.alerts.closing, words = words).to_string(),
    }
}

/// The user's choices. Without JavaScript there are none.
#[component]
pub fn AlertChoices(
    /// The user has an extension; nobody else is told while the console is closed.
    answers: bool,
) -> impl IntoView {
    let chosen: Chosen = expect_context();
    move || {
        chosen
            .live
            .get()
            .then(|| view! { <Choices chosen answers /> }.into_any())
    }
}

#[component]
fn Choices(chosen: Chosen, answers: bool) -> impl IntoView {
    let Chosen { desktop, sound, .. } = chosen;
    let refused = RwSignal::new(false);
    let i18n = use_i18n();
    let desktop_chosen = move |event| {
        let on = event_target_checked(&event);
        refused.set(false);
        if !on {
            choose_desktop(false);
            desktop.set(false);
            return;
        }
        spawn_local(async move {
            let granted = may_notify().await;
            choose_desktop(granted);
            // Also where it was refused: the box shows what holds.
            desktop.try_set(false);
            desktop.try_set(granted);
            refused.try_set(!granted);
        });
    };
    let sound_chosen = move |event| {
        let chosen = Sound::named(&event_target_value(&event));
        choose_sound(chosen);
        sound.set(chosen);
        if let Some(chosen) = chosen {
            Shown::default().play(chosen);
        }
    };
    let option = move |one: Option<Sound>| {
        let name = move || sound_name(i18n.get_locale(), one);
        let chosen = move || sound.try_get().flatten() == one;
        view! {
            <option value=one.map_or("", Sound::as_str) prop:selected=chosen>
                {name}
            </option>
        }
    };
    let sounds = std::iter::once(None).chain(Sound::ALL.into_iter().map(Some));
    view! {
        <label class="menu-item">
            <input type="checkbox" prop:checked=desktop on:change=desktop_chosen />
            {move || t_string!(i18n, common.alerts.desktop)}
        </label>
        <div role="alert">
            {move || {
                refused.get().then(|| view! { <p class="menu-note">{move || t_string!(i18n, common.alerts.refused)}</p> })
            }}
        </div>
        {answers.then(|| view! { <WhenClosed chosen=chosen.closed /> })}
        <label class="menu-item">
            {move || t_string!(i18n, common.alerts.sound)}
            <select class="input" on:change=sound_chosen>
                {sounds.map(option).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

fn sound_name(locale: Locale, sound: Option<Sound>) -> &'static str {
    match sound {
        None => td_string!(locale, common.alerts.silence),
        Some(Sound::Rising) => td_string!(locale, common.alerts.rising),
        Some(Sound::Falling) => td_string!(locale, common.alerts.falling),
        Some(Sound::Low) => td_string!(locale, common.alerts.low),
        Some(Sound::Short) => td_string!(locale, common.alerts.short),
    }
}
