//! `/api/v1/search`: messages and notes by their words.

use super::{
    Reader,
    list::{Asked, Wanted},
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{Json, extract::State, response::IntoResponse};
use domain::{
    ids::{LineId, SessionId},
    refs::ContactRef,
    search,
};
use engine::search::find;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Words {
    /// The words, all of which are in what is found.
    #[serde(default)]
    q: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHit)]
struct Hit {
    id: LineId,
    /// `message` or `note`.
    #[serde(rename = "type")]
    kind: &'static str,
    session: SessionId,
    contact: ContactRef,
    #[schema(format = DateTime)]
    at: String,
    /// Whether the company wrote it.
    ours: bool,
    #[schema(required)]
    author: Option<String>,
    /// An API token sent the message: `author` is its name.
    by_token: bool,
    /// The text about the words.
    excerpt: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchHits)]
struct Hits {
    items: Vec<Hit>,
    #[schema(required)]
    next_cursor: Option<String>,
    incomplete: bool,
}

/// Finds messages and notes by their words.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "Search",
    params(Words, Wanted),
    responses((status = 200, description = "Done.", body = Hits)),
    security(("token" = ["read"]))
)]
pub async fn search(
    Reader(actor): Reader,
    State(http): State<Http>,
    Wanted(wanted): Wanted,
    Asked(Words { q }): Asked<Words>,
) -> Result<impl IntoResponse, Problem> {
    let found = find(&http.engine, &actor, &q, &wanted).await?;
    Ok(Json(Hits {
        items: found.items.into_iter().map(hit).collect(),
        next_cursor: found.next_cursor,
        incomplete: found.incomplete,
    }))
}

fn hit(hit: search::Hit) -> Hit {
    Hit {
        id: hit.id,
        kind: if hit.note { "note" } else { "message" },
        session: hit.session,
        contact: hit.contact,
        at: time(hit.at),
        ours: hit.ours,
        author: hit.author,
        by_token: hit.by_token,
        excerpt: hit.excerpt.into_iter().map(|piece| piece.text).collect(),
    }
}
