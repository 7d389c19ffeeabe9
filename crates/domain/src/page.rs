//! Lists come in pages, with a cursor that is opaque to the caller.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it back to get the next page; nothing on the last page.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// The cursor after an item of a list that is sorted by a time and, within it, by id.
pub fn cursor(at: Timestamp, id: Uuid) -> String {
    format!("{}_{id}", at.millis())
}

/// The place that such a cursor names.
pub fn place(cursor: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = cursor.split_once('_')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// The parameters of a list request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRequest {
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// Default number of items on a page.
pub const PAGE_DEFAULT: u32 = 50;
/// Maximum number of items on a page.
pub const MAX_PAGE: u32 = 200;

impl PageRequest {
    /// The number of items to return: 1 to [`MAX_PAGE`].
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(PAGE_DEFAULT).clamp(1, MAX_PAGE)
    }
}
