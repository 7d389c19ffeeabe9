//! Errors as problem+json: <https://www.rfc-editor.org/rfc/rfc9457>. The class of a refusal
//! (`domain::refusal::Class`) sets its status.

use crate::http::{
    rate_limit,
    streams::{Full, RETRY_AFTER},
};
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{form::FieldProblem, refusal::Refusal};
use engine::events::feed::Place;
use serde::Serialize;
use utoipa::ToSchema;

const MEDIA_TYPE: &str = "application/problem+json";
/// Seconds after which some keys of a token may have had their day.
const KEYS_END: u32 = 600;

/// An error with the RFC's members.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`, or `urn:switchboard:` and the refusal's name, which scripts may rely on.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    #[serde(serialize_with = "code")]
    #[schema(value_type = u16)]
    status: StatusCode,
    detail: String,
    /// The invalid fields, each with its problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldProblem>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

fn code<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

impl Problem {
    /// A problem whose status says enough: it has no type of its own.
    pub fn of(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// `If-Match` names another version than the present one.
    pub fn precondition_failed() -> Self {
        Self {
            kind: "urn:switchboard:precondition_failed".to_owned(),
            ..Self::of(
                StatusCode::PRECONDITION_FAILED,
                "somebody else saved this since the version in If-Match: read it again",
            )
        }
    }

    /// `If-Match` names a version of something that has none.
    pub fn no_version() -> Self {
        Self {
            kind: "urn:switchboard:no_version".to_owned(),
            ..Self::of(
                StatusCode::PRECONDITION_FAILED,
                "this operation compares no versions, so the condition in If-Match cannot hold: leave it out",
            )
        }
    }

    /// Some of the events that are asked for are deleted.
    pub fn events_gone(newest: Place) -> Self {
        Self {
            kind: "urn:switchboard:events_gone".to_owned(),
            ..Self::of(
                StatusCode::GONE,
                format!(
                    "the events since then are not kept any more: read the lists, and go on with after={newest}"
                ),
            )
        }
    }

    /// The token has made as many requests as it may.
    pub fn rate_limited(seconds: u32) -> Self {
        Self {
            kind: "urn:switchboard:rate_limited".to_owned(),
            retry_after: Some(seconds),
            ..Self::of(
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "this token has made too many requests (http.api_requests_per_minute): come again in {seconds} seconds"
                ),
            )
        }
    }

    /// The token has claimed as many keys as it may.
    pub fn too_many_keys() -> Self {
        Self {
            kind: "urn:switchboard:too_many_keys".to_owned(),
            retry_after: Some(KEYS_END),
            ..Self::of(
                StatusCode::TOO_MANY_REQUESTS,
                "this token has used too many keys within 24 hours: come again later, or make the request without a key",
            )
        }
    }

    /// Another request with the same key is being answered.
    pub fn request_in_progress() -> Self {
        Self {
            kind: "urn:switchboard:request_in_progress".to_owned(),
            retry_after: Some(1),
            ..Self::of(
                StatusCode::CONFLICT,
                "the first request with this Idempotency-Key is still in progress: repeat it in a second",
            )
        }
    }

    /// A request with the same key was made, and nobody knows its answer.
    pub fn outcome_unknown() -> Self {
        Self {
            kind: "urn:switchboard:outcome_unknown".to_owned(),
            ..Self::of(
                StatusCode::CONFLICT,
                "the request with this Idempotency-Key was made, and its answer was lost: look at what it did before you \
                 make it again with another key",
            )
        }
    }
}

impl From<Full> for Problem {
    fn from(full: Full) -> Self {
        let problem = match full {
            Full::Listener => Self {
                kind: "urn:switchboard:too_many_streams".to_owned(),
                ..Self::of(
                    StatusCode::TOO_MANY_REQUESTS,
                    "this token has too many streams open (http.streams_per_user): close one",
                )
            },
            Full::Process => Self::of(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many streams are open at the moment (http.streams)",
            ),
        };
        Self {
            retry_after: Some(RETRY_AFTER),
            ..problem
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let reason = serde_json::to_value(&refusal).unwrap_or_default();
        let reason = reason["reason"].as_str().unwrap_or("refused");
        // Every class has a valid status.
        let status = StatusCode::from_u16(refusal.class().status());
        let mut problem = Self::of(
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            refusal.to_string(),
        );
        problem.kind = format!("urn:switchboard:{reason}");
        problem.retry_after = refusal.retry_after();
        if let Refusal::Invalid { fields } = refusal {
            problem.fields = fields;
        }
        problem
    }
}

impl From<engine::Error> for Problem {
    /// Internal errors are logged; the client sees only that one happened.
    fn from(error: engine::Error) -> Self {
        match error.into_refusal() {
            Ok(refusal) => refusal.into(),
            Err(internal) => {
                tracing::error!(error = %internal, "an API request failed");
                Self::of(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "this is our fault; the log says more",
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"switchboard\""),
            );
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Converts errors under `/api` that no handler made (wrong method, body too large, time-out, panic) into problems.
pub async fn in_every_error(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == MEDIA_TYPE);
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_api || !is_error || is_problem {
        return response;
    }
    let mut problem = Problem::of(status, status.canonical_reason().unwrap_or("error")).into_response();
    for kept in [
        header::ALLOW,
        header::RETRY_AFTER,
        rate_limit::POLICY,
        rate_limit::LEFT,
    ] {
        if let Some(value) = response.headers().get(&kept) {
            problem.headers_mut().insert(kept, value.clone());
        }
    }
    problem
}
