//! `/session-log.csv`: the sessions that the filters of the session log take, for a spreadsheet. Read page by page while
//! it is sent, so a long history takes no memory.

use super::{login_session, state::Http};
use axum::{
    body::{Body, Bytes},
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    access::Actor,
    page::{MAX_PAGE, PageRequest},
    refusal::Refusal,
    session::{LogFilter, LogForm, SessionRow},
    time::Timestamp,
};
use engine::{Engine, sessions};
use futures::{StreamExt as _, stream};
use serde::Deserialize;
use std::io;
use tower_sessions::Session;

const HEAD: [&str; 10] = [
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
/// Tells spreadsheets that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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

pub async fn export(
    State(http): State<Http>,
    session: Session,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let me = match login_session::user(&http.engine, &session).await {
        Ok(me) => me,
        Err(status) => return status.into_response(),
    };
    let Some(id) = session.id() else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let actor = Actor::User(me.clone());
    let Some(filter) = wanted.ok().and_then(|Query(wanted)| filter(wanted)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // What is refused is refused before the answer begins.
    let first = match page(&http.engine, &actor, &filter, None).await {
        Ok(page) => page,
        Err(engine::Error::Refused(Refusal::Forbidden)) => return StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(%error, "the session log cannot be exported");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let engine = http.engine.clone();
    let rest = stream::try_unfold(first.1, move |cursor| {
        let (engine, actor, filter) = (engine.clone(), actor.clone(), filter.clone());
        let (me, id) = (me.clone(), id.to_string());
        async move {
            let Some(cursor) = cursor else {
                return Ok(None);
            };
            // An export takes as long as its reader does. The file that breaks off is seen to be incomplete.
            if !login_session::is_as_before(&engine, &id, &me).await {
                return Err(Refusal::Forbidden.into());
            }
            let (rows, next) = page(&engine, &actor, &filter, Some(cursor)).await?;
            Ok::<_, engine::Error>(Some((rows, next)))
        }
    });
    let begin = [BYTE_ORDER_MARK, &line(HEAD.map(str::to_owned)), &first.0].concat();
    let begin = stream::once(async move { Ok::<_, engine::Error>(Bytes::from(begin)) });
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"session-log.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (head, Body::from_stream(begin.chain(rest))).into_response()
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

/// Some lines, and where to go on.
async fn page(
    engine: &Engine,
    actor: &Actor,
    filter: &LogFilter,
    cursor: Option<String>,
) -> engine::Result<(Bytes, Option<String>)> {
    let limit = Some(MAX_PAGE);
    let page = sessions::log(engine, actor, filter, &PageRequest { cursor, limit }).await?;
    let lines: Vec<u8> = page.items.into_iter().flat_map(|row| line(cells(row))).collect();
    Ok((lines.into(), page.next_cursor))
}

fn cells(row: SessionRow) -> [String; 10] {
    let time = super::api::time;
    [
        row.id.to_string(),
        row.state.as_str().to_owned(),
        row.contact.label,
        // Without its plus, with which a formula could begin.
        row.contact
            .number
            .unwrap_or_default()
            .trim_start_matches('+')
            .to_owned(),
        row.channel.name,
        row.owner.map(|owner| owner.number).unwrap_or_default(),
        row.queue.map(|queue| queue.name).unwrap_or_default(),
        time(row.opened_at),
        time(row.last_message_at),
        row.closed_at.map(time).unwrap_or_default(),
    ]
}

fn line(cells: [String; 10]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let written = writer.write_record(cells.map(harmless)).map_err(io::Error::from);
    let line = written.and_then(|()| writer.into_inner().map_err(|error| error.into_error()));
    line.unwrap_or_default()
}

/// A cell that a spreadsheet does not take for a formula.
/// <https://owasp.org/www-community/attacks/CSV_Injection>
fn harmless(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        true => format!("'{cell}"),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_line() {
        let mut cells = HEAD.map(str::to_owned);
        cells[0] = "=cmd|' /C calc'!A0".into();
        cells[1] = "a \"quoted\", comma\nline".into();
        let line = String::from_utf8(line(cells)).unwrap();
        assert!(
            line.starts_with("'=cmd|' /C calc'!A0,\"a \"\"quoted\"\", comma\nline\","),
            "{line}"
        );
        assert!(line.ends_with("closed_at\r\n"), "{line}");
    }
}
