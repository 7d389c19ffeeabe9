//! `/api/v1/channels/{id}/health`: the doctor's last findings, and an examination on request.

use super::{Administrator, Id, Reader, problem::Problem, time};
use crate::http::state::Http;
use axum::{Json, extract::State, response::IntoResponse};
use domain::{
    doctor::{Check, Finding, State as Ended},
    ids::ChannelId,
    time::Timestamp,
};
use engine::doctor;
use serde::Serialize;
use serde_json::Value;

#[derive(Debug, Serialize)]
struct Health {
    findings: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    check: Check,
    state: Ended,
    /// The name of what the check saw, with its values.
    seen: Value,
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

pub async fn latest(
    Reader(actor): Reader,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    let findings = doctor::latest(&http.engine, &actor, channel).await?;
    Ok(Json(Health::from(findings)))
}

pub async fn examine(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(channel): Id<ChannelId>,
) -> Result<impl IntoResponse, Problem> {
    let findings = doctor::examine(&http.engine, &actor, channel).await?;
    Ok(Json(Health::from(findings)))
}
