//! The choice of countries: a list to search and to tick, and one tick for the European Union.

use crate::{
    i18n::*,
    labels,
    ui::{FormState, Icon, IconName, time::use_now},
};
use domain::countries::{Country, plain};
use leptos::{ev, prelude::*};
use std::collections::BTreeSet;

/// Countries to tick, the chosen ones first. The search hides those that do not match; hidden ones stay ticked.
#[component]
pub fn Choice(countries: BTreeSet<Country>, chosen: BTreeSet<Country>) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let state = expect_context::<FormState>();
    let first = chosen.clone();
    let chosen = RwSignal::new(chosen);
    let wanted = RwSignal::new(String::new());
    let search = move |event: ev::Event| wanted.set(searchable(&event_target_value(&event)));
    // Enter would save the form, which the user does not mean here.
    let stay = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    let all = countries.clone();
    let boxes = move || {
        let locale = i18n.get_locale();
        let countries = labels::countries::in_order(locale, all.iter().copied(), |one| first.contains(&one));
        let boxes = countries
            .into_iter()
            .map(|country| view! { <CountryBox country locale chosen wanted /> });
        boxes.collect_view().into_any()
    };
    let unmatched = move || {
        let locale = i18n.get_locale();
        let none = wanted
            .try_with(|wanted| !countries.iter().any(|one| matches(*one, locale, wanted)))
            .unwrap_or_default();
        none.then(|| view! { <p class="hint">{t_string!(i18n, security.unmatched)}</p> })
    };
    let problem = move || {
        state
            .problem("countries")
            .map(|_| t_string!(i18n, security.choose_some))
    };
    view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, security.countries)}</legend>
            <Union chosen />
            <div class="search" class:not-yet=move || live.get().is_none()>
                <Icon name=IconName::Search />
                <input
                    type="search"
                    class="input"
                    autocomplete="off"
                    placeholder=move || t_string!(i18n, security.search)
                    aria-label=move || t_string!(i18n, security.search)
                    aria-invalid=move || state.problem("countries").is_some().then_some("true")
                    aria-describedby="countries-problem"
                    on:input=search
                    on:keydown=stay
                />
            </div>
            <div class="choices">{boxes} {unmatched}</div>
            <p class="problem" id="countries-problem" aria-live="polite">
                {problem}
            </p>
        </fieldset>
    }
    .into_any()
}

#[component]
fn CountryBox(
    country: Country,
    locale: Locale,
    chosen: RwSignal<BTreeSet<Country>>,
    wanted: RwSignal<String>,
) -> impl IntoView {
    let is_chosen = move || {
        chosen
            .try_with(|chosen| chosen.contains(&country))
            .unwrap_or_default()
    };
    let choose = move |event: ev::Event| {
        let ticked = event_target_checked(&event);
        chosen.update(|chosen| match ticked {
            true => drop(chosen.insert(country)),
            false => drop(chosen.remove(&country)),
        });
    };
    let hidden = move || {
        wanted
            .try_with(|wanted| !matches(country, locale, wanted))
            .unwrap_or_default()
    };
    view! {
        <label class="choice" class:hidden=hidden>
            <input
                type="checkbox"
                name="form[countries][]"
                value=country.code()
                checked=untrack(is_chosen)
                prop:checked=is_chosen
                on:change=choose
            />
            <span>
                {labels::countries::country(locale, country)} " " <span class="nums muted">{country.code()}</span>
            </span>
        </label>
    }
    .into_any()
}

/// All countries of the Union at once. Without a script they are added when the form is saved. The process therefore
/// never draws this box ticked, or none of them could be removed.
#[component]
fn Union(chosen: RwSignal<BTreeSet<Country>>) -> impl IntoView {
    let i18n = use_i18n();
    let whole = move || {
        chosen
            .try_with(|chosen| Country::european_union().all(|one| chosen.contains(&one)))
            .unwrap_or_default()
    };
    let choose = move |event: ev::Event| {
        let ticked = event_target_checked(&event);
        chosen.update(|chosen| {
            for country in Country::european_union() {
                match ticked {
                    true => drop(chosen.insert(country)),
                    false => drop(chosen.remove(&country)),
                }
            }
        });
    };
    view! {
        <label class="choice">
            <input
                type="checkbox"
                name="form[european_union]"
                value="true"
                prop:checked=whole
                on:change=choose
            />
            <span>
                <strong>{move || t_string!(i18n, security.european_union)}</strong>
                <span class="hint">{move || t_string!(i18n, security.european_union_text)}</span>
            </span>
        </label>
    }
    .into_any()
}

/// Matches a country by its name in the reader's language, with or without diacritics, or by its code.
fn matches(country: Country, locale: Locale, wanted: &str) -> bool {
    searchable(labels::countries::country(locale, country)).contains(wanted)
        || country.code().to_lowercase() == wanted
}

fn searchable(text: &str) -> String {
    text.trim().to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_found_without_its_marks() {
        let found =
            |code: &str, locale, text: &str| matches(code.parse().unwrap(), locale, &searchable(text));
        assert!(
            found("CZ", Locale::cs, "Česko")
                && found("CZ", Locale::cs, "cesk")
                && found("CZ", Locale::cs, "cz")
        );
        assert!(found("CZ", Locale::en, "czech") && !found("CZ", Locale::en, "Česko"));
        assert!(found("SE", Locale::cs, "SVED") && found("SE", Locale::cs, ""));
        assert!(!found("CH", Locale::cs, "h"), "a code is found whole only");
    }
}
