//! The form of the monthly budget.

use crate::{
    api::costs::{SaveBudget, SettingsPage},
    i18n::*,
    ui::{Button, CheckedForm, Field, Form, Kind, form::FormAnswer},
};
use domain::cost::{Budget, BudgetForm, CostSettings, decimal};
use leptos::prelude::*;

#[component]
pub fn BudgetPanel(page: SettingsPage, form: Form<SaveBudget>) -> impl IntoView {
    let i18n = use_i18n();
    let SettingsPage { stored, budget, .. } = page;
    let (typed, version) = budget.map_or_else(
        || (stored_form(&stored), stored.version),
        |unsaved| (unsaved.form, unsaved.version),
    );
    let none = stored
        .budget
        .is_none()
        .then(|| view! { <p>{move || t_string!(i18n, costs.budget.none)}</p> });
    let currency = stored.rates.currency;
    let shown = currency.clone();
    let label = Signal::derive(move || t_string!(i18n, costs.budget.amount_label));
    let fields = move || {
        view! {
            <input type="hidden" name="version" value=version.to_string() />
            <input type="hidden" name="form[currency]" value=currency.to_string() />
            <Field
                name="amount"
                label=label
                hint=Signal::derive(move || t_string!(i18n, costs.budget.amount_hint))
                value=typed.amount
                inputmode="decimal"
            />
            <Field
                name="warn_percent"
                label=Signal::derive(move || t_string!(i18n, costs.budget.warn))
                hint=Signal::derive(move || t_string!(i18n, costs.budget.warn_hint))
                value=typed.warn_percent
                inputmode="numeric"
            />
            <label class="choice">
                <input
                    type="checkbox"
                    name="form[stop_templates]"
                    value="true"
                    checked=typed.stop_templates
                />
                <span>
                    <strong>{move || t_string!(i18n, costs.budget.stop)}</strong>
                    <span class="hint">{move || t_string!(i18n, costs.budget.stop_text)}</span>
                </span>
            </label>
        }
        .into_any()
    };
    view! {
        <section class="panel" id="budget">
            <h2>{move || t_string!(i18n, costs.budget.title)}</h2>
            {none}
            <p class="muted">
                {move || t_string!(i18n, costs.budget.currency, currency = shown.to_string())}
            </p>
            <CheckedForm form>
                {fields()} <FormAnswer action=form.action /> <div class="form-buttons">
                    <Button submit=true kind=Kind::Primary busy=form.pending()>
                        {move || t_string!(i18n, common.button.save)}
                    </Button>
                </div>
            </CheckedForm>
        </section>
    }
    .into_any()
}

/// The stored budget as form input.
fn stored_form(stored: &CostSettings) -> BudgetForm {
    let currency = stored.rates.currency.to_string();
    match &stored.budget {
        Some(Budget {
            amount,
            warn_percent,
            stop_templates,
        }) => BudgetForm {
            amount: decimal(amount.micros),
            currency,
            warn_percent: warn_percent.to_string(),
            stop_templates: *stop_templates,
        },
        None => BudgetForm {
            currency,
            warn_percent: BudgetForm::WARN_PERCENT.to_string(),
            ..BudgetForm::default()
        },
    }
}
