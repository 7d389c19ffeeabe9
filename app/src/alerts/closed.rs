//! The choice to be told while the console is closed, too.

use super::push::{Trouble, choose_no_push, choose_push};
use crate::i18n::*;
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn WhenClosed(chosen: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let trouble = RwSignal::new(None::<Trouble>);
    let choose = move |event| {
        let on = event_target_checked(&event);
        trouble.set(None);
        chosen.set(on);
        spawn_local(async move {
            if !on {
                choose_no_push().await;
            } else if let Err(why) = choose_push().await {
                chosen.try_set(false);
                trouble.try_set(Some(why));
            }
        });
    };
    view! {
        <label class="menu-item">
            <input type="checkbox" prop:checked=chosen on:change=choose />
            {move || t_string!(i18n, common.alerts.closed)}
        </label>
        <div role="alert">
            {move || {
                let why = trouble.get()?;
                let told = move || told(i18n.get_locale(), why);
                Some(view! { <p class="menu-note">{told}</p> })
            }}
        </div>
    }
    .into_any()
}

fn told(locale: Locale, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NoPush => td_string!(locale, common.alerts.no_push),
        Trouble::Blocked => td_string!(locale, common.alerts.refused),
        Trouble::Off => td_string!(locale, common.alerts.push_off),
        Trouble::NoService => td_string!(locale, common.alerts.no_service),
        Trouble::NotKept => td_string!(locale, common.alerts.not_kept),
    }
}
