//! `/api/v1/channels/{id}/health`: the doctor's last findings, and an examination on request.

use super::{Administrator, Id, Reader, problem::Problem, time};
use crate::http::state::Http;
use axum::{Json, extract::State, response::IntoResponse};
use domain::{
    doctor::{Check, Finding, Seen, State as Ended},
    ids::ChannelId,
    time::Timestamp,
};
use engine::doctor;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelHealth)]
struct Health {
    findings: Vec<Row>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelFinding)]
struct Row {
    check: Check,
    state: Ended,
    /// The name of what the check saw, with its values.
    #[schema(value_type = Seen)]
    seen: Value,
    #[schema(format = DateTime)]
    at: String,
}

impl From<Vec<Finding>> for Health {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            findings: findings.into_iter().map(Row::from).collect(),
        }
    }
}

impl From<Finding> for Row {
    fn from(finding: Finding) -> Self {
        let mut seen = serde_json::to_value(&finding.seen).unwrap_or_default();
        // Timestamps in the same format as everywhere in this API.
        for key in ["at", "last"] {
            if let Some(millis) = seen[key].as_i64() {
                seen[key] = time(Timestamp::from_millis(millis)).into();
            }
        }
        Self {
            check: finding.check,
            state: finding.state,
            seen,
            at: time(finding.at),
        }
    }
}

/// Reads the doctor's last findings.
#[utoipa::path(
    get,
    path = "/api/v1/channels/{id}/health",
    operation_id = "health",
    tag = "Channels",
    params(("id" = ChannelId, Path)),
    responses((status = 200, description = "Done.", body = Health)),
    security(("token" = ["read"]))
)]
pub async fn latest(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    let findings = doctor::latest(&http.engine, &actor, channel).await?;
    Ok(Json(Health::from(findings)))
}

/// Examines the channel now.
#[utoipa::path(
    post,
    path = "/api/v1/channels/{id}/health",
    operation_id = "examine",
    tag = "Channels",
    params(("id" = ChannelId, Path)),
    responses((status = 200, description = "Done.", body = Health)),
    security(("token" = ["administer"]))
)]
pub async fn examine(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    let findings = doctor::examine(&http.engine, &actor, channel).await?;
    Ok(Json(Health::from(findings)))
}
