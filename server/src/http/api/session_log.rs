//! `/api/v1/session-log`: all sessions by the filters of the session log.

use super::{
    Operator,
    list::{self, Asked, Wanted},
    parsed_time,
    problem::Problem,
    sessions::Session,
};
use crate::http::state::Http;
use axum::{extract::State, response::IntoResponse};
use domain::page::Page;
use domain::{
    session::{LogFilter, LogForm},
    time::Timestamp,
};
use engine::sessions;
use serde::Deserialize;

/// Times as in the answers: RFC 3339.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
#[derive(Default)]
pub struct Filters {
    #[param(format = DateTime)]
    from: Option<String>,
    #[param(format = DateTime)]
    until: Option<String>,
    customer: String,
    /// `extension:ID`, `queue:ID` or `disabled`.
    of: String,
    channel: String,
    state: String,
    id: String,
}

/// Lists all sessions by the filters of the session log.
#[utoipa::path(
    get,
    path = "/api/v1/session-log",
    tag = "Session log",
    params(Filters, Wanted),
    responses(
        (status = 200, description = "Done.", body = Page<Session>),
        (status = 422, description = "A filter has a value that there is not.", content_type = "application/problem+json", body = Problem)
    ),
    security(("token" = ["operate"]))
)]
pub async fn list(
    Operator(actor): Operator,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(filters): Asked<Filters>,
) -> Result<impl IntoResponse, Problem> {
    let filter = filters.check()?;
    Ok(list::page(
        sessions::log(&http.engine, &actor, &filter, &wanted).await?,
        Session::from,
    ))
}

impl Filters {
    fn check(self) -> Result<LogFilter, Problem> {
        let at = |name, text: Option<String>| text.map(|text| parsed_time(name, &text)).transpose();
        let (from, until) = (at("from", self.from)?, at("until", self.until)?);
        let form = LogForm {
            customer: self.customer,
            of: self.of,
            channel: self.channel,
            state: self.state,
            id: self.id,
            ..LogForm::default()
        };
        // The form has no days.
        let filter = form
            .check(|_| Timestamp::from_millis(0))
            .map_err(|invalid| Problem::from(domain::refusal::Refusal::from(invalid)))?;
        Ok(LogFilter {
            from,
            until,
            ..filter
        })
    }
}
