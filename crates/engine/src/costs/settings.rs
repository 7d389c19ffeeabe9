//! The rates and the budget, as they are stored in one row and as an administrator changes them.

use crate::{
    Clock, Engine, Error, Result, audit::Subject, database::Database, entity::cost_settings,
    transaction::Transaction,
};
use domain::{
    access::{Actor, Permission},
    cost::{Budget, CostSettings, Money, RateTable},
    form::Invalid,
    refusal::Refusal,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, UpdateMany, sea_query::Expr,
};

/// What was typed, once its form has checked it. `None`: an empty form.
type Checked<T> = std::result::Result<Option<T>, Invalid>;

/// The rates and the budget.
///
/// # Errors
/// `Forbidden`
pub async fn settings(engine: &Engine, actor: &Actor) -> Result<CostSettings> {
    actor.require(Permission::CostRead)?;
    actor.reaches_everything()?;
    view(&row(engine.db.read()).await?)
}

/// Replaces the rates; without a table, by those that this version knows. With a `version`, only if that is still the
/// stored one.
///
/// # Errors
/// `Forbidden`; what is wrong with the form; `ChangedMeanwhile`
pub async fn save_rates(
    engine: &Engine,
    actor: &Actor,
    version: Option<i64>,
    rates: Checked<RateTable>,
) -> Result<CostSettings> {
    actor.require(Permission::CostChange)?;
    let rates = rates?;
    let json = rates.as_ref().map(serde_json::to_string).transpose();
    let json = json.map_err(|error| Error::Corrupt(error.to_string()))?;
    let detail = match &rates {
        None => "the rates that this version knows".to_owned(),
        Some(rates) => format!(
            "{} of {}, {} markets: {}",
            rates.currency,
            rates.date,
            rates.markets.len(),
            rates.source
        ),
    };
    let tx = engine.transaction(actor).await?;
    let change =
        cost_settings::Entity::update_many().col_expr(cost_settings::Column::Rates, Expr::value(json));
    let saved = save(&tx, change, version).await?;
    tx.audit("costs.save_rates", Subject::Costs, Some(detail));
    tx.commit().await?;
    Ok(saved)
}

/// Sets the budget of a month, or removes it. With a `version`, only if that is still the stored one.
///
/// # Errors
/// `Forbidden`; what is wrong with the form; `ChangedMeanwhile`
pub async fn save_budget(
    engine: &Engine,
    actor: &Actor,
    version: Option<i64>,
    budget: Checked<Budget>,
) -> Result<CostSettings> {
    use cost_settings::Column;
    actor.require(Permission::CostChange)?;
    let budget = budget?;
    let detail = match &budget {
        None => "no budget".to_owned(),
        Some(budget) => format!(
            "{}, a warning from {} %, {}",
            budget.amount,
            budget.warn_percent,
            if budget.stop_templates {
                "then no templates"
            } else {
                "nothing is stopped"
            }
        ),
    };
    let tx = engine.transaction(actor).await?;
    let mut change = cost_settings::Entity::update_many()
        .col_expr(
            Column::BudgetMicros,
            Expr::value(budget.as_ref().map(|budget| budget.amount.micros)),
        )
        .col_expr(
            Column::BudgetCurrency,
            Expr::value(budget.as_ref().map(|budget| budget.amount.currency.to_string())),
        );
    if let Some(budget) = budget {
        change = change
            .col_expr(
                Column::BudgetWarnPercent,
                Expr::value(i64::from(budget.warn_percent)),
            )
            .col_expr(Column::BudgetStopsTemplates, Expr::value(budget.stop_templates));
    }
    let saved = save(&tx, change, version).await?;
    tx.audit("costs.save_budget", Subject::Costs, Some(detail));
    tx.commit().await?;
    Ok(saved)
}

/// Notes at the first start that messages are counted from now on.
pub(crate) async fn begin(db: &Database, clock: &Clock) -> Result<()> {
    if row(db.read()).await?.counted_since.is_some() {
        return Ok(());
    }
    let tx = db.write().await?;
    cost_settings::Entity::update_many()
        .col_expr(
            cost_settings::Column::CountedSince,
            Expr::value(clock.now().millis()),
        )
        .filter(cost_settings::Column::CountedSince.is_null())
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

pub(super) async fn row(db: &impl ConnectionTrait) -> Result<cost_settings::Model> {
    cost_settings::Entity::find_by_id(cost_settings::ONLY)
        .one(db)
        .await?
        .ok_or_else(|| Error::Corrupt("there are no settings of costs".to_owned()))
}

pub(super) fn view(row: &cost_settings::Model) -> Result<CostSettings> {
    let corrupt = |error: String| Error::Corrupt(format!("the settings of costs: {error}"));
    let rates = match &row.rates {
        None => RateTable::embedded(),
        Some(json) => serde_json::from_str(json).map_err(|error| corrupt(error.to_string()))?,
    };
    let budget = match (row.budget_micros, &row.budget_currency) {
        (Some(micros), Some(currency)) => Some(Budget {
            amount: Money {
                micros,
                currency: currency
                    .parse()
                    .map_err(|problem| corrupt(format!("{problem:?}")))?,
            },
            warn_percent: u8::try_from(row.budget_warn_percent).unwrap_or(100),
            stop_templates: row.budget_stops_templates,
        }),
        _ => None,
    };
    Ok(CostSettings {
        rates,
        embedded: row.rates.is_none(),
        budget,
        version: row.version,
    })
}

async fn save(
    tx: &Transaction,
    change: UpdateMany<cost_settings::Entity>,
    version: Option<i64>,
) -> Result<CostSettings> {
    use cost_settings::Column;
    let mut change = change.col_expr(Column::Version, Expr::col(Column::Version).add(1));
    if let Some(version) = version {
        change = change.filter(Column::Version.eq(version));
    }
    match change.exec(tx).await?.rows_affected {
        1 => view(&row(tx).await?),
        _ => Err(Refusal::ChangedMeanwhile.into()),
    }
}
