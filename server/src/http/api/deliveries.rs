//! `/api/v1/deliveries/dead`: the dead letters.

use super::{
    Administrator, Id,
    json::Json,
    list::{self, Asked, Wanted},
    problem::Problem,
    time,
};
use crate::http::state::Http;
use axum::{extract::State, http::StatusCode, response::IntoResponse};
use domain::page::Page;
use domain::{
    dead_letter::{DeadLetter, DeadReason, Filter, Replayed},
    ids::DeadLetterId,
};
use engine::inbound::dead_letters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
struct DeadLetterBody {
    id: DeadLetterId,
    #[schema(format = DateTime)]
    at: String,
    reason: DeadReason,
    #[schema(required)]
    detail: Option<String>,
    #[schema(required)]
    phone_number_id: Option<String>,
    /// The name of the channel whose webhook received it.
    #[schema(required)]
    arrived_at: Option<String>,
    /// The JSON as Meta sent it; not in the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

impl From<DeadLetter> for DeadLetterBody {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id,
            at: time(letter.at),
            reason: letter.reason,
            detail: letter.detail,
            phone_number_id: letter.phone_number_id,
            arrived_at: letter.arrived_at,
            raw: None,
        }
    }
}

/// Which dead letters to apply again: those that fit, as in the list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = NewReplay)]
pub struct Again {
    reason: Option<DeadReason>,
    channel: Option<domain::ids::ChannelId>,
    phone_number_id: Option<String>,
    within: Option<domain::dead_letter::Within>,
    /// `next` of the answer before.
    after: Option<DeadLetterId>,
}

/// The result of the replay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replayed)]
struct Outcome {
    applied: u64,
    /// How many remain, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    kept: BTreeMap<&'static str, u64>,
    /// How many can never be applied again, because too little of them is stored.
    lost: u64,
    /// Pass it as `after` to go on; `null` when all were tried.
    #[schema(required)]
    next: Option<DeadLetterId>,
    left: u64,
}

impl From<Replayed> for Outcome {
    fn from(replayed: Replayed) -> Self {
        Self {
            applied: replayed.applied,
            kept: replayed
                .kept
                .into_iter()
                .map(|(reason, count)| (reason.as_str(), count))
                .collect(),
            lost: replayed.lost,
            next: replayed.next,
            left: replayed.left,
        }
    }
}

/// Lists what came from Meta and could not be applied.
#[utoipa::path(
    get,
    path = "/api/v1/deliveries/dead",
    tag = "Deliveries",
    params(Filter, Wanted),
    responses((status = 200, description = "Done.", body = Page<DeadLetterBody>)),
    security(("token" = ["administer"]))
)]
pub async fn list(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Asked(filter): Asked<Filter>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = dead_letters::list(&http.engine, &actor, &filter, &wanted).await?;
    Ok(list::page(page, DeadLetterBody::from))
}

/// Reads a dead letter with its JSON as Meta sent it.
#[utoipa::path(
    get,
    path = "/api/v1/deliveries/dead/{id}",
    tag = "Deliveries",
    params(("id" = DeadLetterId, Path)),
    responses((status = 200, description = "Done.", body = DeadLetterBody)),
    security(("token" = ["administer"]))
)]
pub async fn get(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(letter): Id<DeadLetterId>,
) -> Result<impl IntoResponse, Problem> {
    let open = dead_letters::open(&http.engine, &actor, letter).await?;
    Ok(axum::Json(DeadLetterBody {
        raw: Some(open.raw),
        ..DeadLetterBody::from(open.dead_letter)
    }))
}

/// Deletes a dead letter.
#[utoipa::path(
    delete,
    path = "/api/v1/deliveries/dead/{id}",
    tag = "Deliveries",
    params(("id" = DeadLetterId, Path)),
    responses((status = 204, description = "Done.")),
    security(("token" = ["administer"]))
)]
pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(letter): Id<DeadLetterId>,
) -> Result<impl IntoResponse, Problem> {
    dead_letters::delete(&http.engine, &actor, letter).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Applies a dead letter again.
#[utoipa::path(
    post,
    path = "/api/v1/deliveries/dead/{id}/replay",
    tag = "Deliveries",
    params(("id" = DeadLetterId, Path)),
    responses((status = 200, description = "Done.", body = Outcome)),
    security(("token" = ["administer"]))
)]
pub async fn replay(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(letter): Id<DeadLetterId>,
) -> Result<impl IntoResponse, Problem> {
    let replayed = dead_letters::replay(&http.engine, &actor, letter).await?;
    Ok(axum::Json(Outcome::from(replayed)))
}

/// Applies the first hundred dead letters that match again.
#[utoipa::path(
    post,
    path = "/api/v1/deliveries/dead/replay",
    tag = "Deliveries",
    request_body = Again,
    responses((status = 200, description = "Done.", body = Outcome)),
    security(("token" = ["administer"]))
)]
pub async fn replay_all(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(again): Json<Again>,
) -> Result<impl IntoResponse, Problem> {
    let Again {
        reason,
        channel,
        phone_number_id,
        within,
        after,
    } = again;
    let filter = Filter {
        reason,
        channel,
        phone_number_id,
        within,
    };
    let replayed = dead_letters::replay_all(&http.engine, &actor, &filter, after).await?;
    Ok(axum::Json(Outcome::from(replayed)))
}
