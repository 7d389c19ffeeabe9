//! `/api/v1/channels/{id}/costs`: what the messages of one channel cost.

use super::{
    Id, Reader,
    costs::{ChannelBody, MonthBody, OfMonth},
    list::Asked,
    problem::Problem,
};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    cost::{Currency, Month},
    ids::ChannelId,
    refusal::Refusal,
};
use engine::costs;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelMonthOfCosts)]
struct ChannelMonthBody {
    month: Month,
    currency: Currency,
    rates_date: String,
    /// Messages that were delivered before are not counted.
    #[schema(required, format = DateTime)]
    counted_since: Option<String>,
    #[serde(flatten)]
    costs: ChannelBody,
}

/// Reads what the messages of one channel cost in a month.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{id}/costs",
    operation_id = "costs",
    tag = "Channels",
    params(("id" = ChannelId, Path), OfMonth),
    responses((status = 200, description = "Done.", body = ChannelMonthBody)),
    security(("token" = ["read"]))
)]
pub async fn month(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
    Asked(OfMonth { month }): Asked<OfMonth>,
) -> Result<impl IntoResponse, Problem> {
    let costs = costs::month_of(&http.engine, &actor, channel, month).await?;
    let mut all = MonthBody::from(costs);
    Ok(axum::Json(ChannelMonthBody {
        costs: all.channels.pop().ok_or(Refusal::NotFound)?,
        month: all.month,
        currency: all.currency,
        rates_date: all.rates_date,
        counted_since: all.counted_since,
    }))
}
