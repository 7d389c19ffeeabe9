//! The rates: where they come from, and the form that replaces them. It takes the same JSON as the API.

use crate::{
    api::costs::{SaveRates, SettingsPage},
    i18n::*,
    labels,
    ui::{Button, CheckedForm, Form, FormState, form::FormAnswer, in_textarea},
};
use domain::cost::{RateTable, RatesForm};
use leptos::prelude::*;

#[component]
pub fn RatesPanel(page: SettingsPage, form: Form<SaveRates>) -> impl IntoView {
    let i18n = use_i18n();
    let SettingsPage { stored, rates, .. } = page;
    let is_unsaved = rates.is_some();
    let (typed, version) = rates.map_or_else(
        || (RatesForm::of(&stored.rates), stored.version),
        |unsaved| (unsaved.form, unsaved.version),
    );
    let embedded = stored
        .embedded
        .then(|| view! { <p>{move || t_string!(i18n, costs.rates.embedded)}</p> });
    let fields = move || {
        view! {
            <input type="hidden" name="version" value=version.to_string() />
            <RatesField text=typed.rates />
        }
        .into_any()
    };
    view! {
        <section class="panel rates" id="rates">
            <h2>{move || t_string!(i18n, costs.rates.title)}</h2>
            {embedded}
            <Facts rates=stored.rates />
            <details open=is_unsaved>
                <summary class="button">{move || t_string!(i18n, costs.rates.change)}</summary>
                <CheckedForm form>
                    {fields()} <FormAnswer action=form.action /> <div class="form-buttons">
                        <Button submit=true busy=form.pending()>
                            {move || t_string!(i18n, common.button.save)}
                        </Button>
                    </div>
                </CheckedForm>
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn Facts(rates: RateTable) -> impl IntoView {
    let i18n = use_i18n();
    let countries: Vec<_> = rates
        .markets
        .iter()
        .flat_map(|market| market.countries.iter().copied())
        .collect();
    let names = move || {
        let locale = i18n.get_locale();
        let countries = labels::countries::in_order(locale, countries.iter().copied(), |_| false);
        let names = countries
            .into_iter()
            .map(|one| labels::countries::country(locale, one));
        names.collect::<Vec<_>>().join(", ")
    };
    view! {
        <dl class="facts">
            <dt>{move || t_string!(i18n, costs.rates.valid)}</dt>
            <dd class="nums">{rates.date}</dd>
            <dt>{move || t_string!(i18n, costs.rates.source)}</dt>
            <dd>{rates.source}</dd>
            <dt>{move || t_string!(i18n, costs.rates.currency)}</dt>
            <dd>{rates.currency.to_string()}</dd>
            <dt>{move || t_string!(i18n, costs.rates.countries)}</dt>
            <dd>{names}</dd>
        </dl>
    }
    .into_any()
}

#[component]
fn RatesField(text: String) -> impl IntoView {
    let i18n = use_i18n();
    let state = expect_context::<FormState>();
    let problems = move || state.problems_within("rates");
    let lines = move || {
        let locale = i18n.get_locale();
        let lines = problems().into_iter().map(|problem| {
            let place = problem.field.trim_start_matches("rates.").to_owned();
            view! {
                <span>
                    <code>{place}</code>
                    ": "
                    {labels::problem(locale, problem.problem)}
                </span>
            }
        });
        lines.collect_view()
    };
    view! {
        <div class="field">
            <label for="field-rates">{move || t_string!(i18n, costs.rates.json)}</label>
            <textarea
                id="field-rates"
                class="input mono"
                name="form[rates]"
                rows="16"
                spellcheck="false"
                autocapitalize="off"
                aria-invalid=move || (!problems().is_empty()).then_some("true")
                aria-describedby="rates-problem rates-hint"
            >
                {in_textarea(text)}
            </textarea>
            <p class="problem lines" id="rates-problem" aria-live="polite">
                {lines}
            </p>
            <p class="hint" id="rates-hint">
                {move || t_string!(i18n, costs.rates.json_hint)}
            </p>
        </div>
    }
    .into_any()
}
