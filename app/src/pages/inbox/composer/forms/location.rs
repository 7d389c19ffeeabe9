//! A place: pasted as a link or as coordinates, typed, or where the user is.

use super::{line::Line, state::Forms};
use crate::i18n::*;
use domain::message::{TypedField, content::Location};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

#[component]
pub fn LocationFields(forms: Forms) -> impl IntoView {
    let i18n = use_i18n();
    let unread = RwSignal::new(false);
    let nowhere = RwSignal::new(false);
    let pasted = move |event| {
        let text = event_target_value(&event);
        let place = Location::pasted(&text);
        unread.set(place.is_none() && !text.trim().is_empty());
        let degrees = place.and_then(|place| place.latitude.zip(place.longitude));
        if let Some((latitude, longitude)) = degrees {
            forms.edit(|typed| {
                typed.latitude = latitude.as_str().to_owned();
                typed.longitude = longitude.as_str().to_owned();
            });
        }
    };
    let ask = move |_| {
        nowhere.set(false);
        let found = move |latitude: f64, longitude: f64| {
            forms.edit(|typed| {
                typed.latitude = format!("{latitude:.6}");
                typed.longitude = format!("{longitude:.6}");
            });
        };
        if my_position(found, move || {
            nowhere.try_set(true);
        })
        .is_err()
        {
            nowhere.set(true);
        }
    };
    let says = move |said: RwSignal<bool>, words: fn(Locale) -> &'static str| {
        move || said.get().then(|| words(i18n.get_locale()))
    };
    let link = says(unread, |locale| td_string!(locale, inbox.more.no_place));
    let position = says(nowhere, |locale| td_string!(locale, inbox.more.no_position));
    let label =
        move |words: fn(Locale) -> &'static str| Signal::derive(move || words(i18n.get_locale()).to_owned());
    view! {
        <div class="field">
            <label for="place-link">{move || t_string!(i18n, inbox.more.place_link)}</label>
            <input
                id="place-link"
                class="input"
                type="text"
                autocomplete="off"
                autofocus
                aria-describedby="place-link-problem place-link-hint"
                on:input=pasted
            />
            <p class="problem" id="place-link-problem" aria-live="polite">{link}</p>
            <p class="hint" id="place-link-hint">{move || t_string!(i18n, inbox.more.place_link_hint)}</p>
        </div>
        <div>
            <button type="button" class="button" on:click=ask>
                {move || t_string!(i18n, inbox.more.my_position)}
            </button>
            <p class="problem" aria-live="polite">{position}</p>
        </div>
        <div class="message-pair">
            <Line forms field=TypedField::Latitude label=label(|l| td_string!(l, inbox.more.latitude)) inputmode="decimal" />
            <Line forms field=TypedField::Longitude label=label(|l| td_string!(l, inbox.more.longitude)) inputmode="decimal" />
        </div>
        <Line forms field=TypedField::Name label=label(|l| td_string!(l, inbox.more.place_name)) />
        <Line forms field=TypedField::Address label=label(|l| td_string!(l, inbox.more.address)) />
    }
    .into_any()
}

/// Asks the browser, which asks the user, where they are.
fn my_position(
    found: impl FnOnce(f64, f64) + 'static,
    failed: impl FnOnce() + 'static,
) -> Result<(), JsValue> {
    let found = Closure::once_into_js(move |position: JsValue| {
        let degrees = |name: &str| {
            let coordinates = js_sys::Reflect::get(&position, &"coords".into()).ok()?;
            js_sys::Reflect::get(&coordinates, &name.into()).ok()?.as_f64()
        };
        if let Some((latitude, longitude)) = degrees("latitude").zip(degrees("longitude")) {
            found(latitude, longitude);
        }
    });
    let failed = Closure::once_into_js(move |_: JsValue| failed());
    let navigator = window().navigator();
    let geolocation = js_sys::Reflect::get(&navigator, &"geolocation".into())?;
    let ask = js_sys::Reflect::get(&geolocation, &"getCurrentPosition".into())?;
    let ask: js_sys::Function = ask.dyn_into()?;
    ask.call2(&geolocation, &found, &failed).map(drop)
}
