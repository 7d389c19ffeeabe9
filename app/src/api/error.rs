//! The one error that a browser sees. A refusal has the same HTTP status as in the REST API; internal text is logged
//! with a reference and never sent.

use super::json::Json;
use domain::refusal::Refusal;
use leptos::server_fn::{error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The result of a server function.
pub type ApiResult<T> = Result<T, ApiError>;

/// Why a server function refused or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// The rules say no; the words are in [`crate::labels::refusal`].
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody is logged in.
    #[error("log in first")]
    SignIn,
    /// An internal error; the log has the details under the same reference.
    #[error("internal error {reference}")]
    Internal { reference: String },
    /// The process could not be reached, or its answer was not understood.
    #[error("{0}")]
    Transport(String),
    /// The process did not understand the request, most likely because the page is older or newer than the process.
    #[error("this is not what is asked for here")]
    Malformed,
}

impl ApiError {
    /// The problem of a field, if a form was refused.
    pub fn problem(&self, field: &str) -> Option<domain::form::Problem> {
        match self {
            Self::Refused(Refusal::Invalid { fields }) => {
                fields.iter().find(|f| f.field == field).map(|f| f.problem)
            }
            _ => None,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = Json;

    /// In the browser these are transport errors; in the process, malformed arguments or internal errors.
    #[cfg(not(feature = "ssr"))]
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport(error.to_string())
    }

    #[cfg(feature = "ssr")]
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Request(_) => Self::Malformed.sent(),
            ours => Self::internal(&ours),
        }
    }
}

#[cfg(feature = "ssr")]
mod process {
    use super::ApiError;
    use crate::api::plain_form::is_plain_form;
    use domain::refusal::Refusal;
    use http::{StatusCode, header::RETRY_AFTER, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    impl ApiError {
        /// The HTTP status of this error.
        pub fn status(&self) -> StatusCode {
            match self {
                Self::SignIn => StatusCode::UNAUTHORIZED,
                Self::Transport(_) => StatusCode::BAD_REQUEST,
                Self::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
                Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
                // Every class has a valid status.
                Self::Refused(refusal) => StatusCode::from_u16(refusal.class().status())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }

        /// Logs the text that must not leave the process, and returns an error with the log entry's reference.
        pub fn internal(error: &dyn std::fmt::Display) -> Self {
            let reference = use_context::<Parts>()
                .and_then(|parts| Some(parts.headers.get("x-request-id")?.to_str().ok()?.to_owned()))
                .unwrap_or_else(|| "-".to_owned());
            tracing::error!(%reference, %error, "a server function failed");
            Self::Internal { reference }.sent()
        }

        /// Sets the status of the response and returns the error.
        ///
        /// The answer to a plain form post is a redirect back to the page, which shows the error: the redirect keeps
        /// its status.
        pub(in crate::api) fn sent(self) -> Self {
            if let Self::Refused(Refusal::Forbidden) = self {
                engine::audit::request::forbidden();
            }
            if let (false, Some(response)) = (is_plain_form(), use_context::<ResponseOptions>()) {
                response.set_status(self.status());
                if let Self::Refused(refusal) = &self
                    && let Some(seconds) = refusal.retry_after()
                {
                    response.insert_header(RETRY_AFTER, seconds.into());
                }
            }
            self
        }
    }

    /// The store of web sessions fails.
    impl From<tower_sessions::session::Error> for ApiError {
        fn from(error: tower_sessions::session::Error) -> Self {
            Self::internal(&error)
        }
    }

    impl From<engine::Error> for ApiError {
        fn from(error: engine::Error) -> Self {
            match error.into_refusal() {
                Ok(refusal) => Self::Refused(refusal).sent(),
                Err(internal) => Self::internal(&internal),
            }
        }
    }
}
