//! Lists as CSV files for a spreadsheet. A list is read page by page while it is sent, so a long one takes no memory.

use super::{login_session, state::Http};
use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    access::Actor,
    page::{MAX_PAGE, Page, PageRequest},
    refusal::Refusal,
};
use engine::Engine;
use futures::{StreamExt as _, stream};
use std::io;
use tower_sessions::Session;

/// Tells spreadsheets that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A list that can be exported.
pub trait Exported: Clone + Send + Sync + 'static {
    type Row: Send;
    /// The file's name, without its ending.
    const NAME: &'static str;
    const HEAD: &'static [&'static str];

    fn page(
        &self,
        engine: &Engine,
        actor: &Actor,
        page: &PageRequest,
    ) -> impl Future<Output = engine::Result<Page<Self::Row>>> + Send;

    /// A cell for each word of the head.
    fn cells(row: Self::Row) -> Vec<String>;
}

/// The file. `list`: none when the address cannot be read.
pub async fn export<L: Exported>(http: Http, session: Session, list: Option<L>) -> Response {
    let me = match login_session::user(&http.engine, &session).await {
        Ok(me) => me,
        Err(status) => return status.into_response(),
    };
    let Some(id) = session.id() else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let actor = Actor::User(me.clone());
    let Some(list) = list else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // What is refused is refused before the answer begins.
    let first = match lines(&http.engine, &actor, &list, None).await {
        Ok(first) => first,
        Err(engine::Error::Refused(Refusal::Forbidden)) => return StatusCode::FORBIDDEN.into_response(),
        Err(error) => {
            tracing::error!(%error, list = L::NAME, "a list cannot be exported");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let engine = http.engine.clone();
    let rest = stream::try_unfold(first.1, move |cursor| {
        let (engine, actor, list) = (engine.clone(), actor.clone(), list.clone());
        let (me, id) = (me.clone(), id.to_string());
        async move {
            let Some(cursor) = cursor else {
                return Ok(None);
            };
            // An export takes as long as its reader does. The file that breaks off is seen to be incomplete.
            if !login_session::is_as_before(&engine, &id, &me).await {
                return Err(Refusal::Forbidden.into());
            }
            let (lines, next) = lines(&engine, &actor, &list, Some(cursor)).await?;
            Ok::<_, engine::Error>(Some((lines, next)))
        }
    });
    let head = line(L::HEAD.iter().map(|&word| word.to_owned()));
    let begin = [BYTE_ORDER_MARK, &head, &first.0].concat();
    let begin = stream::once(async move { Ok::<_, engine::Error>(Bytes::from(begin)) });
    let disposition = format!("attachment; filename=\"{}.csv\"", L::NAME);
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (head, Body::from_stream(begin.chain(rest))).into_response()
}

/// Some lines, and where to go on.
async fn lines<L: Exported>(
    engine: &Engine,
    actor: &Actor,
    list: &L,
    cursor: Option<String>,
) -> engine::Result<(Bytes, Option<String>)> {
    let limit = Some(MAX_PAGE);
    let page = list.page(engine, actor, &PageRequest { cursor, limit }).await?;
    let rows = page.items.into_iter();
    let lines: Vec<u8> = rows.flat_map(|row| line(L::cells(row).into_iter())).collect();
    Ok((lines.into(), page.next_cursor))
}

fn line(cells: impl Iterator<Item = String>) -> Vec<u8> {
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
        let cells = ["=cmd|' /C calc'!A0", "a \"quoted\", comma\nline", "closed_at"];
        let line = String::from_utf8(line(cells.into_iter().map(str::to_owned))).unwrap();
        assert_eq!(
            line,
            "'=cmd|' /C calc'!A0,\"a \"\"quoted\"\", comma\nline\",closed_at\r\n"
        );
    }
}
