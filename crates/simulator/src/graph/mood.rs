//! The behaviour of Graph as a whole: its delays, outages, and clock.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::edge::{pause, sorry};
use super::error::GraphError;
use crate::shared::Shared;
use crate::wire::Scissors;
use crate::world::Outage;

pub(crate) async fn apply(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
    next: Next,
) -> Response {
    let (latency, outage) = {
        let graph = &shared.world().graph;
        (Duration::from_millis(graph.latency_ms), graph.outage.clone())
    };
    if !latency.is_zero() {
        pause(&shared, latency).await;
    }
    let mut response = match outage {
        None => next.run(request).await,
        Some(Outage::Status5xx { code }) => sorry(code),
        Some(Outage::ErrorCode { code, http }) => GraphError::coded(code, http).into_response(),
        Some(Outage::Hang) => {
            pause(&shared, Duration::MAX).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Some(Outage::DropConnection) => {
            scissors.cut();
            StatusCode::NO_CONTENT.into_response()
        }
    };
    let ahead = shared.world().graph.ahead_seconds;
    let now = u64::try_from(shared.now_seconds().saturating_add(ahead)).unwrap_or(0);
    let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(now));
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(DATE, date);
    }
    response
}
