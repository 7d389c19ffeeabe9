//! `/api/v1/costs`: what messages cost, the rates, and the budget. Amounts are decimal numbers in text; what is not
//! known is `null`.

use super::{Administrator, Reader, json::Json, list::Asked, problem::Problem, time};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    cost::{
        Budget, BudgetForm, BudgetState, Category, ChannelMonth, Charge, CostSettings, Currency,
        FREE_SERVICE, Line, Month, MonthCosts, RateTable, RatesInput, Sum, decimal,
    },
    countries::Country,
    ids::ChannelId,
};
use engine::costs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// `month`; without it, this month.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfMonth {
    #[param(inline)]
    pub(super) month: Option<Month>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MonthOfCosts)]
pub(super) struct MonthBody {
    pub(super) month: Month,
    pub(super) currency: Currency,
    pub(super) rates_date: String,
    #[serde(flatten)]
    sum: SumBody,
    /// Messages that were delivered before are not counted.
    #[schema(required, format = DateTime)]
    pub(super) counted_since: Option<String>,
    #[schema(required)]
    budget: Option<MonthBudget>,
    pub(super) channels: Vec<ChannelBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostSum)]
struct SumBody {
    /// What is known; complete if `unknown_messages` is 0. `null`: no price is known at all.
    #[schema(required)]
    amount: Option<String>,
    unknown_messages: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct MonthBudget {
    #[serde(flatten)]
    budget: BudgetBody,
    state: BudgetState,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
struct BudgetBody {
    amount: String,
    currency: Currency,
    warn_percent: u8,
    stop_templates: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelCosts)]
pub(super) struct ChannelBody {
    id: ChannelId,
    name: String,
    #[serde(flatten)]
    sum: SumBody,
    service_messages: u64,
    free_service_messages: u64,
    lines: Vec<LineBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostLine)]
struct LineBody {
    #[schema(required)]
    country: Option<Country>,
    category: Category,
    charge: Charge,
    messages: u64,
    #[schema(required)]
    paid_messages: Option<u64>,
    #[schema(required)]
    amount: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostRates)]
struct RatesBody {
    /// Nobody has replaced the rates that this version knows.
    embedded: bool,
    #[serde(flatten)]
    rates: RateTable,
}

impl SumBody {
    fn of(sum: Sum, lines: impl Iterator<Item = Option<i64>>) -> Self {
        let mut lines = lines.peekable();
        let nothing = lines.peek().is_none();
        Self {
            amount: (nothing || lines.any(|amount| amount.is_some())).then(|| decimal(sum.micros)),
            unknown_messages: sum.unknown,
        }
    }
}

impl From<MonthCosts> for MonthBody {
    fn from(costs: MonthCosts) -> Self {
        let lines = costs.channels.iter().flat_map(|channel| &channel.costs.lines);
        let mut sum = SumBody::of(costs.sum, lines.map(|line| line.micros));
        let is_before = costs.is_before_counting();
        let channels = costs.channels.into_iter().map(ChannelBody::from);
        let mut channels: Vec<ChannelBody> = channels.collect();
        if is_before {
            sum.amount = None;
            for channel in &mut channels {
                channel.sum.amount = None;
            }
        }
        Self {
            month: costs.month,
            sum,
            counted_since: costs.counted_since.map(time),
            budget: costs.budget.map(|(budget, state)| MonthBudget {
                budget: budget.into(),
                state,
            }),
            channels,
            currency: costs.currency,
            rates_date: costs.rates_date,
        }
    }
}

impl From<ChannelMonth> for ChannelBody {
    fn from(month: ChannelMonth) -> Self {
        let ChannelMonth { channel, costs } = month;
        Self {
            id: channel.id,
            name: channel.name,
            sum: SumBody::of(costs.sum, costs.lines.iter().map(|line| line.micros)),
            service_messages: costs.service,
            free_service_messages: FREE_SERVICE,
            lines: costs.lines.into_iter().map(LineBody::from).collect(),
        }
    }
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        Self {
            country: line.counter.country,
            category: line.counter.category,
            charge: line.counter.charge,
            messages: line.counter.messages,
            paid_messages: line.paid,
            amount: line.micros.map(decimal),
        }
    }
}

impl From<Budget> for BudgetBody {
    fn from(budget: Budget) -> Self {
        Self {
            amount: decimal(budget.amount.micros),
            currency: budget.amount.currency,
            warn_percent: budget.warn_percent,
            stop_templates: budget.stop_templates,
        }
    }
}

impl From<CostSettings> for RatesBody {
    fn from(settings: CostSettings) -> Self {
        Self {
            embedded: settings.embedded,
            rates: settings.rates,
        }
    }
}

/// Reads what the messages of a month cost.
#[utoipa::path(
    get,
    path = "/api/v1/costs",
    tag = "Costs",
    params(OfMonth),
    responses((status = 200, description = "Done.", body = MonthBody)),
    security(("token" = ["read"]))
)]
pub async fn month(
    Reader(actor): Reader,
    State(http): State<Http>,
    Asked(OfMonth { month }): Asked<OfMonth>,
) -> Result<impl IntoResponse, Problem> {
    let costs = costs::month(&http.engine, &actor, month).await?;
    Ok(axum::Json(MonthBody::from(costs)))
}

/// Reads the rates.
#[utoipa::path(
    get,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    responses((status = 200, description = "Done.", body = RatesBody)),
    security(("token" = ["read"]))
)]
pub async fn rates(Reader(actor): Reader, State(http): State<Http>) -> Result<impl IntoResponse, Problem> {
    let settings = costs::settings(&http.engine, &actor).await?;
    Ok(axum::Json(RatesBody::from(settings)))
}

/// Replaces the rates.
#[utoipa::path(
    put,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    request_body = RatesInput,
    responses((status = 200, description = "Done.", body = RatesBody)),
    security(("token" = ["administer"]))
)]
pub async fn replace_rates(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(rates): Json<RatesInput>,
) -> Result<impl IntoResponse, Problem> {
    let settings = costs::save_rates(&http.engine, &actor, None, rates.check().map(Some)).await?;
    Ok(axum::Json(RatesBody::from(settings)))
}

/// Goes back to the rates that this version knows.
#[utoipa::path(
    delete,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    responses((status = 200, description = "Done.", body = RatesBody)),
    security(("token" = ["administer"]))
)]
pub async fn embedded_rates(
    Administrator(actor): Administrator,
    State(http): State<Http>,
) -> Result<impl IntoResponse, Problem> {
    let settings = costs::save_rates(&http.engine, &actor, None, Ok(None)).await?;
    Ok(axum::Json(RatesBody::from(settings)))
}

fn decimal_or_none() -> utoipa::openapi::Schema {
    let kinds = [
        utoipa::openapi::Type::String,
        utoipa::openapi::Type::Number,
        utoipa::openapi::Type::Null,
    ];
    let kinds = kinds.map(|kind| utoipa::openapi::ObjectBuilder::new().schema_type(kind));
    let one = kinds.into_iter().fold(
        utoipa::openapi::OneOfBuilder::new(),
        utoipa::openapi::OneOfBuilder::item,
    );
    let one = one.description(Some("A decimal number, in text or not.")).build();
    utoipa::openapi::Schema::OneOf(one)
}

/// The budget of a month; without an amount there is none.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewBudget {
    /// A decimal number, in text or not.
    #[schema(schema_with = decimal_or_none)]
    amount: Value,
    /// Without it, that of the rates.
    currency: Option<String>,
    warn_percent: Option<u8>,
    stop_templates: bool,
}

/// Reads the budget of a month; `null`: there is none.
#[utoipa::path(
    get,
    path = "/api/v1/costs/budget",
    tag = "Costs",
    responses((status = 200, description = "Done.", body = Option<BudgetBody>)),
    security(("token" = ["read"]))
)]
pub async fn budget(Reader(actor): Reader, State(http): State<Http>) -> Result<impl IntoResponse, Problem> {
    let settings = costs::settings(&http.engine, &actor).await?;
    Ok(axum::Json(settings.budget.map(BudgetBody::from)))
}

/// Sets the budget of a month; without an amount there is none.
#[utoipa::path(
    put,
    path = "/api/v1/costs/budget",
    tag = "Costs",
    request_body = NewBudget,
    responses((status = 200, description = "Done.", body = Option<BudgetBody>)),
    security(("token" = ["administer"]))
)]
pub async fn set_budget(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(new): Json<NewBudget>,
) -> Result<impl IntoResponse, Problem> {
    let settings = costs::settings(&http.engine, &actor).await?;
    let form = BudgetForm {
        amount: match new.amount {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        },
        currency: new
            .currency
            .unwrap_or_else(|| settings.rates.currency.to_string()),
        warn_percent: new
            .warn_percent
            .map_or_else(String::new, |percent| percent.to_string()),
        stop_templates: new.stop_templates,
    };
    let settings = costs::save_budget(&http.engine, &actor, None, form.check()).await?;
    Ok(axum::Json(settings.budget.map(BudgetBody::from)))
}
