//! `/security/audit.csv`: the rows of the audit log that its filters take.

use super::{
    csv_export::{Exported, export},
    state::Http,
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use domain::{
    access::{Actor, AuditActor, AuditFilter, AuditForm, AuditRow},
    page::{Page, PageRequest},
    time::Timestamp,
};
use engine::{Engine, audit};
use serde::Deserialize;
use tower_sessions::Session;

/// The filters of the page, but with times in milliseconds: an address has no time zone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    from: Option<i64>,
    until: Option<i64>,
    who: String,
    about: String,
    outcome: String,
    address: String,
}

pub async fn csv(
    State(http): State<Http>,
    session: Session,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let list = wanted.ok().and_then(|Query(wanted)| filter(wanted)).map(AuditLog);
    export(http, session, list).await
}

fn filter(wanted: Wanted) -> Option<AuditFilter> {
    let form = AuditForm {
        who: wanted.who,
        about: wanted.about,
        outcome: wanted.outcome,
        address: wanted.address,
        ..AuditForm::default()
    };
    let filter = form.check(|_| Timestamp::from_millis(0)).ok()?;
    Some(AuditFilter {
        from: wanted.from.map(Timestamp::from_millis),
        until: wanted.until.map(Timestamp::from_millis),
        ..filter
    })
}

#[derive(Debug, Clone)]
struct AuditLog(AuditFilter);

impl Exported for AuditLog {
    type Row = AuditRow;
    const NAME: &'static str = "audit";
    const HEAD: &'static [&'static str] = &[
        "number",
        "at",
        "actor_kind",
        "actor_id",
        "actor",
        "address",
        "action",
        "outcome",
        "subject_kind",
        "subject_id",
        "subject",
        "detail",
    ];

    async fn page(
        &self,
        engine: &Engine,
        actor: &Actor,
        page: &PageRequest,
    ) -> engine::Result<Page<AuditRow>> {
        audit::list::list(engine, actor, &self.0, page).await
    }

    fn cells(row: AuditRow) -> Vec<String> {
        let (kind, id, name) = match row.actor {
            AuditActor::User { id, login } => ("person", id.to_string(), login),
            AuditActor::Token { id, name } => ("token", id.to_string(), name),
            AuditActor::System => ("system", String::new(), String::new()),
        };
        vec![
            row.number.to_string(),
            super::api::time(row.at),
            kind.to_owned(),
            id,
            name,
            row.address.unwrap_or_default(),
            row.action,
            row.outcome.as_str().to_owned(),
            row.subject.kind,
            row.subject.id.map(|id| id.to_string()).unwrap_or_default(),
            row.subject.name.unwrap_or_default(),
            row.detail.unwrap_or_default(),
        ]
    }
}
