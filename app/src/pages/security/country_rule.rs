//! The form of one door: everybody, or only these countries.

use crate::{
    api::countries::{RulePage, SaveCountries},
    i18n::*,
    ui::{Button, CheckedForm, FormState, Icon, IconName, Kind, form::FormAnswer, time::use_now},
    words,
};
use domain::countries::{CountriesForm, Country, Door, plain};
use leptos::{ev, prelude::*};
use std::collections::BTreeSet;

#[component]
pub fn CountryRule(page: RulePage, save: ServerAction<SaveCountries>) -> impl IntoView {
    let i18n = use_i18n();
    let RulePage { stored, unsaved } = page;
    let door = stored.door;
    let (form, version) = unsaved.map_or_else(
        || (stored_form(&stored.rule), stored.version),
        |unsaved| (unsaved.form, unsaved.version),
    );
    let listed = form.who == CountriesForm::LISTED;
    let mut chosen: BTreeSet<Country> = form
        .countries
        .iter()
        .filter_map(|code| code.parse().ok())
        .collect();
    if form.european_union {
        chosen.extend(Country::european_union());
    }
    let can_list = listed || !stored.known.is_empty();
    let countries = &stored.known | &chosen;
    // Made inside the form: what is wrong is looked for around it.
    let fields = move || {
        view! {
            <input type="hidden" name="form[door]" value=door.as_str() />
            <input type="hidden" name="version" value=version.to_string() />
            <p>{move || words::countries::door_text(i18n.get_locale(), door)}</p>
            <Who listed can_list />
            <div class="only-listed">
                <Choice countries chosen />
                <Tick
                    name="unknown"
                    checked=form.unknown
                    label=move || t_string!(i18n, security.unknown)
                    text=move || t_string!(i18n, security.unknown_text)
                    missing=move || ""
                />
                {(door == Door::Webhooks)
                    .then(|| {
                        view! {
                            <Tick
                                name="understood"
                                checked=form.understood
                                label=move || t_string!(i18n, security.understood)
                                text=move || t_string!(i18n, security.understood_text)
                                missing=move || t_string!(i18n, security.must_understand)
                            />
                        }
                    })}
            </div>
        }
        .into_any()
    };
    view! {
        <CheckedForm action=save class="form country-rule">
            {fields()} <FormAnswer action=save /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// What is stored, as it is typed.
fn stored_form(rule: &domain::countries::Rule) -> CountriesForm {
    let who = match rule.only {
        None => CountriesForm::EVERYBODY,
        Some(_) => CountriesForm::LISTED,
    };
    let only = rule.only.iter().flatten();
    CountriesForm {
        who: who.to_owned(),
        countries: only.map(ToString::to_string).collect(),
        unknown: rule.unknown,
        // It has been said once; a change is said again.
        understood: false,
        ..CountriesForm::default()
    }
}

#[component]
fn Who(listed: bool, can_list: bool) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || match can_list {
        true => t_string!(i18n, security.listed_text),
        false => t_string!(i18n, security.listed_not_yet),
    };
    view! {
        <fieldset class="field">
            <legend>{move || t_string!(i18n, security.who)}</legend>
            <label class="choice">
                <input type="radio" name="form[who]" value=CountriesForm::EVERYBODY checked=!listed />
                <span>
                    <strong>{move || t_string!(i18n, security.everybody)}</strong>
                    <span class="hint">{move || t_string!(i18n, security.everybody_text)}</span>
                </span>
            </label>
            <label class="choice">
                <input
                    type="radio"
                    name="form[who]"
                    value=CountriesForm::LISTED
                    checked=listed
                    disabled=!can_list
                />
                <span>
                    <strong>{move || t_string!(i18n, security.listed)}</strong>
                    <span class="hint">{text}</span>
                </span>
            </label>
        </fieldset>
    }
    .into_any()
}

/// Countries to tick, the chosen ones first. The search hides what does not match; what is hidden stays ticked.
#[component]
fn Choice(countries: BTreeSet<Country>, chosen: BTreeSet<Country>) -> impl IntoView {
    let i18n = use_i18n();
    let live = use_now();
    let state = expect_context::<FormState>();
    let first = chosen.clone();
    let chosen = RwSignal::new(chosen);
    let wanted = RwSignal::new(String::new());
    let search = move |event: ev::Event| wanted.set(searchable(&event_target_value(&event)));
    // Enter would save the form, which is not what one means here.
    let stay = |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    let all = countries.clone();
    let boxes = move || {
        let locale = i18n.get_locale();
        let countries = words::countries::in_order(locale, all.iter().copied(), |one| first.contains(&one));
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
                {words::countries::country(locale, country)} " " <span class="nums muted">{country.code()}</span>
            </span>
        </label>
    }
    .into_any()
}

/// All of them at once. Without a script they are added when the form is saved; so the page never sends it ticked,
/// or none of them could be taken away.
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

#[component]
fn Tick(
    name: &'static str,
    checked: bool,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] text: Signal<&'static str>,
    /// What is said when it is missing.
    #[prop(into)]
    missing: Signal<&'static str>,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let problem = format!("{name}-problem");
    view! {
        <div class="field">
            <label class="choice">
                <input
                    type="checkbox"
                    name=format!("form[{name}]")
                    value="true"
                    checked=checked
                    aria-invalid=move || state.problem(name).is_some().then_some("true")
                    aria-describedby=problem.clone()
                />
                <span>
                    <strong>{label}</strong>
                    <span class="hint">{text}</span>
                </span>
            </label>
            <p class="problem" id=problem aria-live="polite">
                {move || state.problem(name).map(|_| missing.get())}
            </p>
        </div>
    }
    .into_any()
}

/// Found by its name in the reader's language or by its code, with or without the marks on letters.
fn matches(country: Country, locale: Locale, wanted: &str) -> bool {
    searchable(words::countries::country(locale, country)).contains(wanted)
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
        assert!(!found("CH", Locale::cs, "c"), "a code is found whole only");
    }
}
