//! `/api/v1/costs`: what messages cost. Amounts are decimal numbers in text; what is not known is `null`.

use super::{Reader, list::Asked, problem::Problem, time};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    cost::{
        Budget, BudgetState, Category, ChannelMonth, Charge, Currency, FREE_SERVICE, Line, Month, MonthCosts,
        Sum, decimal,
    },
    countries::Country,
    ids::ChannelId,
};
use engine::costs;
use serde::{Deserialize, Serialize};
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
pub(super) struct BudgetBody {
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
