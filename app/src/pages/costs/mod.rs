//! Omnichannel › Costs: what Meta charges in a month, the budget, and the rates. The month is in the address.

mod budget;
mod month;
mod rates;

use self::{budget::BudgetPanel, month::MonthView, rates::RatesPanel};
use crate::{
    api::{
        Resource,
        costs::{SaveBudget, SaveRates, cost_settings, month_costs},
    },
    i18n::*,
    pages::url::known,
    ui::{Form, Load, PageHead, form::on_outcome, use_toasts},
};
use domain::cost::Month;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[component]
pub fn CostsPage() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let query = use_query_map();
    // The outer `None` is no month, which means this one; the inner one is a text that is no month.
    let month = Memo::new(move |_| {
        let text = query.with(|query| query.get("month"));
        text.map(|text| text.parse::<Month>().ok())
    });
    let costs = Resource::new(
        move || month.get(),
        |month| async move { month_costs(month.map(known).transpose()?).await },
    );
    let settings = Resource::new(|| (), |()| cost_settings());
    let budget = Form::<SaveBudget>::new();
    let rates = Form::<SaveRates>::new();
    let saved = move || {
        toasts.say(t_string!(i18n, common.said.saved));
        settings.refetch();
        costs.refetch();
    };
    on_outcome(budget.action, move |answer| {
        if answer.is_ok() {
            saved();
        }
    });
    on_outcome(rates.action, move |answer| {
        if answer.is_ok() {
            saved();
        }
    });
    view! {
        <PageHead title=move || t_string!(i18n, costs.title).to_owned() />
        <p class="muted intro">{move || t_string!(i18n, costs.intro)}</p>
        <Load from=costs view=|costs| view! { <MonthView costs /> }.into_any() />
        <Load
            from=settings
            lines=3
            view=move |page| {
                view! {
                    <BudgetPanel page=page.clone() form=budget />
                    <RatesPanel page form=rates />
                }
                    .into_any()
            }
        />
    }
    .into_any()
}
