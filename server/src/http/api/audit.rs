//! `/api/v1/audit`: who did what, from where, and with what outcome.

use super::{
    Administrator,
    list::{self, Asked, Wanted},
    parsed_time,
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::{
    access::{AuditActor, AuditFilter, AuditForm, AuditOutcome, AuditRow, AuditSubject},
    page::Page,
    refusal::Refusal,
    time::Timestamp,
};
use engine::audit;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The filters of the page, with times as in the answers: RFC 3339.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Filters {
    /// At this time or later.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Before this time.
    #[param(format = DateTime)]
    until: Option<String>,
    /// A part of a log-in name or of a token's name.
    who: String,
    /// The kind of what it was done to, such as `channel`, or `log_ins`.
    about: String,
    /// `done` or `refused`.
    outcome: String,
    /// An IP address.
    address: String,
}

/// A row of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditRow)]
struct Row {
    /// Counts the rows, without a gap.
    number: i64,
    #[schema(format = DateTime)]
    at: String,
    actor: AuditActor,
    /// The client's IP address.
    #[schema(required)]
    address: Option<String>,
    /// Such as `channel.pause`.
    action: String,
    outcome: AuditOutcome,
    subject: AuditSubject,
    /// It never holds a secret's value.
    #[schema(required)]
    detail: Option<String>,
}

impl From<AuditRow> for Row {
    fn from(row: AuditRow) -> Self {
        Self {
            number: row.number,
            at: time(row.at),
            actor: row.actor,
            address: row.address,
            action: row.action,
            outcome: row.outcome,
            subject: row.subject,
            detail: row.detail,
        }
    }
}

/// Lists the rows of the audit log, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "Audit log",
    params(Filters, Wanted),
    responses(
        (status = 200, description = "Done.", body = Page<Row>),
        (status = 422, description = "A filter has a value that there is not.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["administer"]))
)]
pub async fn list(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(filters): Asked<Filters>,
) -> Result<impl IntoResponse, Problem> {
    let filter = filters.check()?;
    Ok(list::page(
        audit::list::list(&http.engine, &actor, &filter, &wanted).await?,
        Row::from,
    ))
}

impl Filters {
    fn check(self) -> Result<AuditFilter, Problem> {
        let at = |name, text: Option<String>| text.map(|text| parsed_time(name, &text)).transpose();
        let (from, until) = (at("from", self.from)?, at("until", self.until)?);
        let form = AuditForm {
            who: self.who,
            about: self.about,
            outcome: self.outcome,
            address: self.address,
            ..AuditForm::default()
        };
        // The form has no days.
        let filter = form
            .check(|_| Timestamp::from_millis(0))
            .map_err(|invalid| Problem::from(Refusal::from(invalid)))?;
        Ok(AuditFilter {
            from,
            until,
            ..filter
        })
    }
}
