//! `/api/v1/costs/rates` and `/api/v1/costs/budget`. They are stored as one, and have one version.

use super::{
    Administrator, Reader,
    costs::BudgetBody,
    json::Json,
    problem::Problem,
    version::{IfMatch, Tagged, tag},
};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    access::Actor,
    cost::{BudgetForm, CostSettings, RateTable, RatesInput},
    form::Invalid,
};
use engine::costs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CostRates)]
pub(super) struct RatesBody {
    /// Nobody has replaced the rates that this version knows.
    embedded: bool,
    #[serde(flatten)]
    rates: RateTable,
}

impl From<CostSettings> for RatesBody {
    fn from(settings: CostSettings) -> Self {
        Self {
            embedded: settings.embedded,
            rates: settings.rates,
        }
    }
}

/// Reads the rates.
#[utoipa::path(
    get,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    responses((status = 200, description = "Done; `ETag` is its version.", body = RatesBody)),
    security(("token" = ["read"]))
)]
pub async fn rates(Reader(actor): Reader, State(http): State<Http>) -> Result<impl IntoResponse, Problem> {
    let settings = costs::settings(&http.engine, &actor).await?;
    Ok(shown_rates(settings))
}

/// Replaces the rates.
#[utoipa::path(
    put,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    params(IfMatch),
    request_body = RatesInput,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = RatesBody),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn replace_rates(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    wanted: IfMatch,
    Json(rates): Json<RatesInput>,
) -> Result<impl IntoResponse, Problem> {
    let rates = rates.check().map(Some);
    save_rates(&http, &actor, &wanted, rates).await
}

/// Goes back to the rates that this version knows.
#[utoipa::path(
    delete,
    path = "/api/v1/costs/rates",
    tag = "Costs",
    params(IfMatch),
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = RatesBody),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn embedded_rates(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    wanted: IfMatch,
) -> Result<impl IntoResponse, Problem> {
    save_rates(&http, &actor, &wanted, Ok(None)).await
}

async fn save_rates(
    http: &Http,
    actor: &Actor,
    wanted: &IfMatch,
    rates: Result<Option<RateTable>, Invalid>,
) -> Result<Tagged<RatesBody>, Problem> {
    let now = costs::settings(&http.engine, actor).await?.version;
    wanted.allow(now)?;
    let saved = costs::save_rates(&http.engine, actor, wanted.version(now), rates).await;
    Ok(shown_rates(saved.map_err(|error| wanted.failed(error))?))
}

fn shown_rates(settings: CostSettings) -> Tagged<RatesBody> {
    (tag(settings.version), axum::Json(settings.into()))
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
    responses((status = 200, description = "Done; `ETag` is its version.", body = Option<BudgetBody>)),
    security(("token" = ["read"]))
)]
pub async fn budget(Reader(actor): Reader, State(http): State<Http>) -> Result<impl IntoResponse, Problem> {
    let settings = costs::settings(&http.engine, &actor).await?;
    Ok(shown_budget(settings))
}

/// Sets the budget of a month; without an amount there is none.
#[utoipa::path(
    put,
    path = "/api/v1/costs/budget",
    tag = "Costs",
    params(IfMatch),
    request_body = NewBudget,
    responses(
        (status = 200, description = "Done; `ETag` is its version.", body = Option<BudgetBody>),
        (status = 412, description = "`If-Match` names another version.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn set_budget(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    wanted: IfMatch,
    Json(new): Json<NewBudget>,
) -> Result<impl IntoResponse, Problem> {
    let now = costs::settings(&http.engine, &actor).await?;
    wanted.allow(now.version)?;
    let form = BudgetForm {
        amount: match new.amount {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        },
        currency: new.currency.unwrap_or_else(|| now.rates.currency.to_string()),
        warn_percent: new
            .warn_percent
            .map_or_else(String::new, |percent| percent.to_string()),
        stop_templates: new.stop_templates,
    };
    let version = wanted.version(now.version);
    let saved = costs::save_budget(&http.engine, &actor, version, form.check()).await;
    Ok(shown_budget(saved.map_err(|error| wanted.failed(error))?))
}

fn shown_budget(settings: CostSettings) -> Tagged<Option<BudgetBody>> {
    let budget = settings.budget.map(BudgetBody::from);
    (tag(settings.version), axum::Json(budget))
}
