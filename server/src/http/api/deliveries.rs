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
use domain::{
    dead_letter::{DeadLetter, DeadReason, Filter, Replayed},
    ids::DeadLetterId,
};
use engine::inbound::dead_letters;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
struct DeadLetterBody {
    id: DeadLetterId,
    at: String,
    reason: DeadReason,
    detail: Option<String>,
    phone_number_id: Option<String>,
    /// The name of the channel whose webhook received it.
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

/// The filter for dead letters: `reason`, `channel`, `phone_number_id`, `within`.
#[derive(Debug, Deserialize)]
pub struct Matching {
    #[serde(default)]
    reason: Option<DeadReason>,
    #[serde(default)]
    channel: Option<domain::ids::ChannelId>,
    #[serde(default)]
    phone_number_id: Option<String>,
    #[serde(default)]
    within: Option<domain::dead_letter::Within>,
}

impl From<Matching> for Filter {
    fn from(matching: Matching) -> Self {
        let Matching {
            reason,
            channel,
            phone_number_id,
            within,
        } = matching;
        Self {
            reason,
            channel,
            phone_number_id,
            within,
        }
    }
}

/// Which dead letters to apply again, and the one after which to continue.
#[derive(Debug, Deserialize)]
pub struct Again {
    #[serde(flatten)]
    matching: Matching,
    #[serde(default)]
    after: Option<DeadLetterId>,
}

/// The result of the replay.
#[derive(Debug, Serialize)]
struct Outcome {
    applied: u64,
    /// How many remain, by reason.
    kept: BTreeMap<&'static str, u64>,
    /// How many can never be applied again, because too little of them is stored.
    lost: u64,
    /// Pass it as `after` to go on; `null` when all were tried.
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

pub async fn list(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Asked(matching): Asked<Matching>,
    Wanted(wanted): Wanted,
) -> Result<impl IntoResponse, Problem> {
    let page = dead_letters::list(&http.engine, &actor, &matching.into(), &wanted).await?;
    Ok(list::page(page, DeadLetterBody::from))
}

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

pub async fn delete(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(letter): Id<DeadLetterId>,
) -> Result<impl IntoResponse, Problem> {
    dead_letters::delete(&http.engine, &actor, letter).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn replay(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Id(letter): Id<DeadLetterId>,
) -> Result<impl IntoResponse, Problem> {
    let replayed = dead_letters::replay(&http.engine, &actor, letter).await?;
    Ok(axum::Json(Outcome::from(replayed)))
}

/// The first hundred that match.
pub async fn replay_all(
    Administrator(actor): Administrator,
    State(http): State<Http>,
    Json(again): Json<Again>,
) -> Result<impl IntoResponse, Problem> {
    let replayed =
        dead_letters::replay_all(&http.engine, &actor, &again.matching.into(), again.after).await?;
    Ok(axum::Json(Outcome::from(replayed)))
}
