//! Whether the operator is there for new sessions: their choice in the user's menu, and the browser's own notice that
//! nobody is there.

mod idle;
mod own;

pub use own::{provide_presence, use_own};

use crate::{
    api::{ActionForm, ServerAction, presence::ChooseAvailability},
    i18n::*,
    labels,
    ui::{Badge, Tone, derived, form::on_outcome},
};
use domain::presence::{Availability, OwnPresence, Presence};
use leptos::prelude::*;

/// The dot on the user's button.
#[component]
pub fn OwnDot() -> impl IntoView {
    let i18n = use_i18n();
    let own = use_own();
    let shown = derived(move |_| own.get().map(OwnPresence::shown));
    move || {
        // The menu may be redrawn, and a view may run once more after its signals have gone.
        shown.try_get().flatten().map(|shown| {
            view! {
                <span class="presence-dot" data-presence=shown.as_str()></span>
                <span class="sr-only">", " {move || labels::presence(i18n.get_locale(), shown)}</span>
            }
            .into_any()
        })
    }
}

/// The choice, in the user's menu. The page that follows a choice shows what holds.
#[component]
pub fn AvailabilityChoice() -> impl IntoView {
    let i18n = use_i18n();
    let own = use_own();
    let choose = ServerAction::<ChooseAvailability>::new();
    on_outcome(choose, move |_| own.refetch());
    let chosen = derived(move |_| own.get());
    let option = move |availability: Availability| {
        let is_chosen = move || {
            chosen
                .try_get()
                .flatten()
                .is_some_and(|own| own.availability == availability)
        };
        view! {
            <ActionForm action=choose>
                <input type="hidden" name="availability" value=availability.as_str() />
                <button type="submit" class="menu-item" aria-pressed=move || is_chosen().to_string()>
                    <span class="presence-dot" data-presence=availability.as_str()></span>
                    {move || labels::availability(i18n.get_locale(), availability)}
                </button>
            </ActionForm>
        }
    };
    let idle = move || {
        let idle = chosen
            .try_get()
            .flatten()
            .is_some_and(|own| own.idle && own.availability == Availability::Online);
        idle.then(|| view! { <p class="menu-note">{move || t_string!(i18n, common.presence.idle)}</p> })
    };
    let any = derived(move |_| chosen.try_get().flatten().is_some());
    let options = Availability::ALL.iter().copied();
    move || {
        any.try_get().unwrap_or_default().then(|| {
            view! {
                <div class="menu-part" role="group" aria-label=move || t_string!(i18n, common.presence.title)>
                    {options.clone().map(option).collect_view()} {idle}
                </div>
            }
            .into_any()
        })
    }
}

/// How colleagues see an operator.
#[component]
pub fn PresenceBadge(shown: Presence) -> impl IntoView {
    let i18n = use_i18n();
    let tone = match shown {
        Presence::Online => Tone::Good,
        Presence::Busy => Tone::Warning,
        Presence::Away => Tone::Waiting,
        Presence::Offline => Tone::Off,
    };
    view! { <Badge tone word=move || labels::presence(i18n.get_locale(), shown) /> }.into_any()
}
