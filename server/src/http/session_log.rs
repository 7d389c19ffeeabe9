//! `/session-log.csv`: the sessions that the filters of the session log take.

use super::{
    csv_export::{Exported, export},
    state::Http,
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use domain::{
    access::Actor,
    page::{Page, PageRequest},
    session::{LogFilter, LogForm, SessionRow},
    time::Timestamp,
};
use engine::{Engine, sessions};
use serde::Deserialize;
use tower_sessions::Session;

/// The filters of the page, but with times in milliseconds: an address has no time zone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    from: Option<i64>,
    until: Option<i64>,
    customer: String,
    of: String,
    channel: String,
    state: String,
    id: String,
}

pub async fn csv(
    State(http): State<Http>,
    session: Session,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let list = wanted
        .ok()
        .and_then(|Query(wanted)| filter(wanted))
        .map(SessionLog);
    export(http, session, list).await
}

fn filter(wanted: Wanted) -> Option<LogFilter> {
    let form = LogForm {
        customer: wanted.customer,
        of: wanted.of,
        channel: wanted.channel,
        state: wanted.state,
        id: wanted.id,
        ..LogForm::default()
    };
    let filter = form.check(|_| Timestamp::from_millis(0)).ok()?;
    Some(LogFilter {
        from: wanted.from.map(Timestamp::from_millis),
        until: wanted.until.map(Timestamp::from_millis),
        ..filter
    })
}

#[derive(Debug, Clone)]
struct SessionLog(LogFilter);

impl Exported for SessionLog {
    type Row = SessionRow;
    const NAME: &'static str = "session-log";
    const HEAD: &'static [&'static str] = &[
        "id",
        "status",
        "customer",
        "number",
        "channel",
        "extension",
        "queue",
        "opened_at",
        "last_message_at",
        "closed_at",
    ];

    async fn page(
        &self,
        engine: &Engine,
        actor: &Actor,
        page: &PageRequest,
    ) -> engine::Result<Page<SessionRow>> {
        sessions::log(engine, actor, &self.0, page).await
    }

    fn cells(row: SessionRow) -> Vec<String> {
        let time = super::api::time;
        // Without its plus, with which a formula could begin.
        let number = row.contact.number.unwrap_or_default();
        vec![
            row.id.to_string(),
            row.state.as_str().to_owned(),
            row.contact.label,
            number.trim_start_matches('+').to_owned(),
            row.channel.name,
            row.owner.map(|owner| owner.number).unwrap_or_default(),
            row.queue.map(|queue| queue.name).unwrap_or_default(),
            time(row.opened_at),
            time(row.last_message_at),
            row.closed_at.map(time).unwrap_or_default(),
        ]
    }
}
