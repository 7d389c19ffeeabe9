//! The form of one door: everybody, or only these countries.

use super::choice::Choice;
use crate::{
    api::countries::{RulePage, SaveCountries},
    i18n::*,
    labels,
    ui::{Button, CheckedForm, Form, FormState, Kind, form::FormAnswer},
};
use domain::countries::{CountriesForm, Country, Door};
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub fn CountryRule(page: RulePage, save: Form<SaveCountries>) -> impl IntoView {
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
    // Created inside the form: the problems come from its context.
    let fields = move || {
        view! {
            <input type="hidden" name="form[door]" value=door.as_str() />
            <input type="hidden" name="version" value=version.to_string() />
            <p>{move || labels::countries::door_text(i18n.get_locale(), door)}</p>
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
        <CheckedForm form=save class="form country-rule">
            {fields()} <FormAnswer action=save.action /> <div class="form-buttons">
                <Button submit=true kind=Kind::Primary busy=save.pending()>
                    {move || t_string!(i18n, common.button.save)}
                </Button>
            </div>
        </CheckedForm>
    }
    .into_any()
}

/// The stored values as form input.
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
        // The confirmation is not stored: each change asks for it again.
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

#[component]
fn Tick(
    name: &'static str,
    checked: bool,
    #[prop(into)] label: Signal<&'static str>,
    #[prop(into)] text: Signal<&'static str>,
    /// The text when the tick is missing.
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
