//! What messages cost, the rates and the budget.

use super::{checked::Checked, error::ApiError, flash::Unsaved, rpc::Rpc};
#[cfg(feature = "ssr")]
use super::{
    flash,
    guard::{actor, engine},
    plain_form,
};
use domain::{
    cost::{BudgetForm, CostSettings, Month, MonthCosts, RatesForm},
    form::Invalid,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The costs of a month; without one, of this month.
#[server(name = ReadMonth, prefix = "/rpc", endpoint = "costs/month", protocol = Rpc)]
pub async fn month_costs(#[server(default)] month: Option<Month>) -> Result<MonthCosts, ApiError> {
    let actor = actor().await?;
    Ok(engine::costs::month(&engine()?, &actor, month).await?)
}

/// What the forms show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    pub stored: CostSettings,
    pub budget: Option<Unsaved<BudgetForm>>,
    pub rates: Option<Unsaved<RatesForm>>,
}

/// The rates and the budget, for their forms.
#[server(name = ReadCostSettings, prefix = "/rpc", endpoint = "costs/settings", protocol = Rpc)]
pub async fn cost_settings() -> Result<SettingsPage, ApiError> {
    let actor = actor().await?;
    Ok(SettingsPage {
        stored: engine::costs::settings(&engine()?, &actor).await?,
        budget: flash::kept(BUDGET).await?,
        rates: flash::kept(RATES).await?,
    })
}

/// Saves the budget.
#[server(prefix = "/rpc", endpoint = "costs/save-budget", protocol = Rpc)]
pub async fn save_budget(version: i64, #[server(default)] form: BudgetForm) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(BUDGET, version, form).await?;
    let saved = engine::costs::save_budget(&engine, &actor, Some(version), typed.form.check()).await;
    typed.settle(saved)?;
    plain_form::redirect(PATH);
    Ok(())
}

/// Replaces the rates.
#[server(prefix = "/rpc", endpoint = "costs/save-rates", protocol = Rpc)]
pub async fn save_rates(version: i64, #[server(default)] form: RatesForm) -> Result<(), ApiError> {
    let (engine, actor) = (engine()?, actor().await?);
    let typed = flash::recall(RATES, version, form).await?;
    let saved = engine::costs::save_rates(&engine, &actor, Some(version), typed.form.check()).await;
    typed.settle(saved)?;
    plain_form::redirect(PATH);
    Ok(())
}

impl Checked for SaveBudget {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

impl Checked for SaveRates {
    fn check(&self) -> Result<(), Invalid> {
        self.form.check().map(drop)
    }
}

/// The page.
pub const PATH: &str = "/costs";

#[cfg(feature = "ssr")]
const BUDGET: &str = "costs budget";
#[cfg(feature = "ssr")]
const RATES: &str = "costs rates";

/// The address of a month.
pub fn address(month: Month) -> String {
    format!("{PATH}?month={month}")
}
