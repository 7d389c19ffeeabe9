//! Cursors of lists: opaque to whoever gets one, and refused when malformed.

use crate::Result;
use domain::{
    page::{self, PageRequest},
    refusal::Refusal,
    time::Timestamp,
};
use uuid::Uuid;

/// A cursor over a list that is sorted by id.
pub(crate) fn id(page: &PageRequest) -> Result<Option<Uuid>> {
    page.cursor
        .as_deref()
        .map(|text| text.parse().map_err(|_| Refusal::BadCursor.into()))
        .transpose()
}

/// A cursor over a list that is sorted by a time and, within it, by id.
pub(crate) fn time_and_id(page: &PageRequest) -> Result<Option<(i64, Uuid)>> {
    let parse = |text: &str| page::place(text).map(|(at, id)| (at.millis(), id));
    page.cursor
        .as_deref()
        .map(|text| parse(text).ok_or(Refusal::BadCursor.into()))
        .transpose()
}

pub(crate) fn of_time_and_id(at: i64, id: Uuid) -> String {
    page::cursor(Timestamp::from_millis(at), id)
}

/// Removes the one row too many, which was read to learn whether there are more, and names the last that stays.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: u32, name: impl Fn(&T) -> String) -> Option<String> {
    let limit = limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    if more { rows.last().map(name) } else { None }
}
